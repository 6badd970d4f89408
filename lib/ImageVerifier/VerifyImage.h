//===- VerifyImage.h - prove a rewritten image ------------------*- C++ -*-===//

#ifndef OBJPRELINK_IMAGEVERIFIER_VERIFYIMAGE_H
#define OBJPRELINK_IMAGEVERIFIER_VERIFYIMAGE_H

#include "ELF/Image.h"
#include "Support/Copies.h"
#include "llvm/Support/Error.h"

namespace objprelink {

/// What is done about the hash that the note of the new image has.
enum class NoteHash : uint8_t {
  Checked, ///< it is made of the contents once more
  Trusted, ///< the caller has just made it of the same bytes
};

/// What is known of two images beside their bytes.
struct KnownOfImages {
  NoteHash hash = NoteHash::Checked;
  /// The old one is a linker's, no input of which has named a relocation table,
  /// so that no search need show that nothing but headers leads there.
  bool tablesAreUnnamed = false;
};

/// Proves that \p after does what \p before does: each segment, relocation,
/// symbol, version, property and section of the old image has its equal in the
/// new one, and what is new is what the note of the new one allows. Equal bytes
/// are right too. Any bytes may be given as \p after; \p copies says which of
/// them need not be compared.
llvm::Error verifyImage(const Image &before, Bytes after, const Copies &copies,
                        const KnownOfImages &known = {});

/// The same for two files of which nothing is known (--verify OLD NEW); the
/// hash is checked.
llvm::Error verifyImageFiles(Bytes before, Bytes after);

/// Proves that \p after is \p before with one note of dlopen() more: whatever
/// is not a header or a note is what it was and where it was. Equal bytes are
/// right too.
llvm::Error verifyNotes(const Image &before, Bytes after, const Copies &copies);

/// The same for two files of which nothing is known.
llvm::Error verifyNoteFiles(Bytes before, Bytes after);

} // namespace objprelink

#endif
