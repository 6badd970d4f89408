//===- RelroRoom.h - memory in RELRO that is nobody's -----------*- C++ -*-===//

#ifndef OBJPRELINK_IMAGEEDIT_RELROROOM_H
#define OBJPRELINK_IMAGEEDIT_RELROROOM_H

#include "ImageEdit/ImageEdit.h"

namespace objprelink {

/// The padding that LLD and mold put between the last section of RELRO and its
/// end: zeros in memory alone, which nothing refers to.
AddressRange findRelroPadding(const Image &image);

/// What GNU ld leaves of the first page of RELRO before the segment begins:
/// zeros of the file that no header describes. The segment may begin earlier to
/// have the end of it. Whole words.
AddressRange findRoomBelowRelro(const Image &image);

/// Has RELRO, and the segment that begins with it, begin at \p begin, which is
/// in that room.
void lowerRelro(const Image &image, uint64_t begin, ImageEdit &edit);

} // namespace objprelink

#endif
