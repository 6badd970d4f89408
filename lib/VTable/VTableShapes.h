//===- VTableShapes.h - vtables that no symbol names ------------*- C++ -*-===//

#ifndef OBJPRELINK_VTABLE_VTABLESHAPES_H
#define OBJPRELINK_VTABLE_VTABLESHAPES_H

#include "VTable/KnownData.h"
#include "VTable/RelocatedWords.h"

namespace objprelink {

/// The vtables of \p image that look like that, are not in \p known and have a
/// word that names a function, by address.
std::vector<ImageVTable> findVTableShapes(const Image &image,
                                          const RelocatedWords &words,
                                          const KnownData &known,
                                          unsigned wordSize);

} // namespace objprelink

#endif
