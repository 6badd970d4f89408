//===- Shift.h - addresses of an image, all shifted -------------*- C++ -*-===//
//
// An image that asks for an address has this address in its headers, and
// everything that is an address of the image grows with it: a loader adds to
// all of them how far from there the image came to be. What is not loaded may
// have addresses too, and in forms that are not read here.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_IMAGEEDIT_SHIFT_H
#define OBJPRELINK_IMAGEEDIT_SHIFT_H

#include "ELF/Image.h"
#include "llvm/Support/Error.h"

namespace objprelink {

/// Whether \p segment is somewhere in memory.
bool hasAddress(const Segment &segment);

/// Whether the value of a dynamic entry with \p tag is an address of the image.
bool isAddressTag(int64_t tag);

/// Refuses an image with addresses that would not follow.
llvm::Error checkShiftable(const Image &image);

} // namespace objprelink

#endif
