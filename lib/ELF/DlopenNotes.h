//===- DlopenNotes.h - what a library says it may open ----------*- C++ -*-===//
//
// .note.dlopen (systemd.io, "dlopen() Metadata for ELF Files"): notes of owner
// FDO, each a JSON array that ends in a zero byte. A program or library says in
// them which others it opens by dlopen().
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_ELF_DLOPENNOTES_H
#define OBJPRELINK_ELF_DLOPENNOTES_H

#include "ELF/Image.h"
#include "ELF/Notes.h"

namespace objprelink {

/// One feature: libraries of which the first that is there is opened when the
/// feature is used.
struct DlopenNote {
  std::vector<std::string> sonames;
  std::string feature;
  std::string description;
  /// "required", "recommended" or "suggested"; what is not there is
  /// recommended.
  std::string priority;

  bool operator==(const DlopenNote &) const = default;
};

/// Whether \p note is one of these.
bool isDlopenNote(const ImageNote &note);

/// The notes of \p image; broken ones are as if they were not there.
std::vector<DlopenNote> readDlopenNotes(const Image &image);

/// One note for all of \p entries: header, owner, and descriptor padded to
/// whole words. Refuses what the format has no way to say.
llvm::Expected<ByteVector> encodeDlopenNote(llvm::ArrayRef<DlopenNote> entries);

} // namespace objprelink

#endif
