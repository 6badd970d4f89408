//===- Extents.h - an output file as a list of byte ranges ------*- C++ -*-===//
//
// A rewritten object is the old one with a few tables changed and a few
// kilobytes added, so the output is described, not assembled: most extents
// are ranges of the mapped input, which the kernel can copy without showing
// them to us; the rest are bytes owned by the list. Nothing the size of the
// file is ever allocated.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_SUPPORT_EXTENTS_H
#define OBJPRELINK_SUPPORT_EXTENTS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include <deque>
#include <vector>

namespace objprelink {

using Bytes = llvm::ArrayRef<uint8_t>;
using ByteVector = llvm::SmallVector<uint8_t, 0>;

class Extents {
public:
  Extents() = default;
  // A copy would refer to the bytes that the original owns.
  Extents(const Extents &) = delete;
  Extents &operator=(const Extents &) = delete;
  Extents(Extents &&) = default;
  Extents &operator=(Extents &&) = default;

  /// Appends bytes that outlive the list.
  void append(Bytes bytes);
  /// Appends bytes that the list keeps.
  void append(ByteVector bytes);
  void appendZeros(uint64_t count);
  /// Appends all of \p other.
  void append(Extents other);

  uint64_t size() const { return total; }
  llvm::ArrayRef<Bytes> list() const { return extents; }
  /// The whole in one piece, for tests and for standard output.
  ByteVector flatten() const;

private:
  std::vector<Bytes> extents;
  // A deque, so that growth leaves the vectors, and what points into them,
  // where they are.
  std::deque<ByteVector> owned;
  uint64_t total = 0;
};

} // namespace objprelink

#endif
