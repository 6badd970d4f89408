//===- KnownData.h - what symbols and headers say about data ----*- C++ -*-===//
//
// Data that has a name, or that the loader itself uses: the named vtables, and
// the bounds of a search for those without names.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_VTABLE_KNOWNDATA_H
#define OBJPRELINK_VTABLE_KNOWNDATA_H

#include "VTable/ImageVTables.h"

namespace objprelink {

struct KnownData {
  /// The named vtables, by address; they do not overlap.
  std::vector<ImageVTable> vtables;
  /// By address, without overlaps, those of the vtables included. An empty
  /// range is a place where something begins or ends.
  std::vector<AddressRange> ranges;

  /// How far unknown data goes on from \p address, which is \p address itself
  /// where that is in a range.
  uint64_t unknownUntil(uint64_t address) const;
};

llvm::Expected<KnownData> findKnownData(const Image &image, unsigned wordSize);

} // namespace objprelink

#endif
