//===- HeaderRoom.h - room for program headers ------------------*- C++ -*-===//

#ifndef OBJPRELINK_IMAGEREWRITER_HEADERROOM_H
#define OBJPRELINK_IMAGEREWRITER_HEADERROOM_H

#include "ELF/ImageEdit.h"
#include "llvm/Support/Error.h"

namespace objprelink {

struct HeaderRoom {
  /// What must move from behind the table, in order.
  std::vector<AddressRange> moving;
  /// Of all of it.
  uint64_t alignment = 1;
  /// What is left between the longer table and the first thing that stays.
  AddressRange opened;
};

/// A dynamic symbol in \p range, or null. Where there is one, code refers to
/// what is there, which must not move.
const DynamicSymbol *symbolIn(const Image &image, const AddressRange &range);

/// Finds what stands in the way of \p count program headers more and of \p size
/// bytes after them. Refuses where that is something that code may refer to.
/// \p mayMoveStrings is for DT_STRTAB and DT_VERSYM, which a caller may have
/// other plans for.
llvm::Expected<HeaderRoom> openHeaders(const Image &image, unsigned count,
                                       uint64_t size, bool mayMoveStrings);

/// Moves bytes of the old image, with each program header, section header and
/// dynamic entry that refers to them. All at once: one may go to where another
/// one was.
void moveTables(ImageEdit &edit, llvm::ArrayRef<TableMove> moves);

} // namespace objprelink

#endif
