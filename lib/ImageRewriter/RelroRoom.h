//===- RelroRoom.h - memory in RELRO that is nobody's -----------*- C++ -*-===//

#ifndef OBJPRELINK_IMAGEREWRITER_RELROROOM_H
#define OBJPRELINK_IMAGEREWRITER_RELROROOM_H

#include "ELF/Image.h"

namespace objprelink {

/// The padding that LLD and mold put between the last section of RELRO and its
/// end: zeros in memory alone, which nothing refers to.
AddressRange findRelroPadding(const Image &image, unsigned wordSize);

/// What GNU ld leaves of the first page of RELRO before the segment begins:
/// zeros of the file that no header describes. The segment may begin earlier to
/// have the end of it. Whole words.
AddressRange findRoomBelowRelro(const Image &image, unsigned wordSize);

} // namespace objprelink

#endif
