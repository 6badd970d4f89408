//===- HeaderRoom.h - room for program headers ------------------*- C++ -*-===//

#ifndef OBJPRELINK_IMAGEEDIT_HEADERROOM_H
#define OBJPRELINK_IMAGEEDIT_HEADERROOM_H

#include "ImageEdit/ImageEdit.h"
#include "ImageEdit/References.h"
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

/// Finds what stands in the way of \p count program headers more and, if that
/// may move, too, of \p wish bytes after them. Refuses where code or data may
/// refer to the memory that the longer table takes. \p mayMoveStrings is for
/// DT_STRTAB and DT_VERSYM, which a caller may have other plans for.
llvm::Expected<HeaderRoom> openHeaders(const Image &image,
                                       References &references, unsigned count,
                                       uint64_t wish, bool mayMoveStrings);

/// The program headers of \p image that are of no use beside others: those of
/// type PT_NULL; the PT_NOTE of a property note that has a PT_GNU_PROPERTY,
/// which glibc looks at first; PT_PHDR in what cannot be started without an
/// interpreter and has none: ld.so finds the headers of libraries by the ELF
/// header.
std::vector<uint32_t> findSpareHeaders(const Image &image);

/// Moves bytes of the old image, with each program header, section header and
/// dynamic entry that refers to them. All at once: one may go to where another
/// one was.
void moveTables(ImageEdit &edit, llvm::ArrayRef<TableMove> moves);

} // namespace objprelink

#endif
