//===- Placement.h - places for images --------------------------*- C++ -*-===//

#ifndef OBJPRELINK_DRIVER_PLACEMENT_H
#define OBJPRELINK_DRIVER_PLACEMENT_H

#include "Driver/LoadTable.h"
#include "ELF/Image.h"
#include "Target/Machine.h"

namespace objprelink {

/// An image of a set.
struct PlacedImage {
  size_t file = 0; ///< of the table
  /// The name and the path of its file, by which images are put in order.
  std::string name, path;
  const Machine *machine = nullptr;
  uint64_t size = 0;
  uint64_t alignment = Image::kPageSize;
  /// Where it is and stays, or where it is to be.
  std::optional<uint64_t> kept, base;

  bool isLarge() const;
  /// What its address is a multiple of, and what must be free there.
  uint64_t unit() const;
  uint64_t room() const;
  /// Where it is, if anywhere, and where its last page ends.
  std::optional<uint64_t> begin() const { return kept ? kept : base; }
  uint64_t end() const;
};

/// Chooses bases for those of \p images that have none to keep. They depend on
/// what the images are and on \p seed, and not on the order that they have
/// here. One that has no room gets none.
void placeImages(const LoadTable &table, uint64_t seed,
                 llvm::MutableArrayRef<PlacedImage> images);

} // namespace objprelink

#endif
