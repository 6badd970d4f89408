//===- Notes.h - the notes of an image --------------------------*- C++ -*-===//

#ifndef OBJPRELINK_ELF_NOTES_H
#define OBJPRELINK_ELF_NOTES_H

#include "ELF/Image.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"

namespace objprelink {

/// A note in memory (gABI, "Note Section").
struct ImageNote {
  uint32_t type = 0;
  llvm::StringRef owner;     ///< with the zero byte that ends it
  Bytes descriptor;          ///< its bytes in the file
  uint64_t address = 0;      ///< where the note begins
  uint64_t descriptorAt = 0; ///< the address of the descriptor
};

/// Shows all notes of PT_NOTE segments to \p show, some perhaps twice, up to
/// its first error. What follows a broken note is passed over. Refuses
/// segments that together are larger than the file.
llvm::Error
forEachNote(const Image &image,
            llvm::function_ref<llvm::Error(const ImageNote &)> show);

/// Whether notes fill \p segment, so that more can follow them.
bool isFullOfNotes(const Image &image, const Segment &segment);

/// The descriptor of the image's build-id (NT_GNU_BUILD_ID); empty where it
/// has none.
AddressRange findBuildId(const Image &image);

} // namespace objprelink

#endif
