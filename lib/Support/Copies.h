//===- Copies.h - which bytes the kernel copied -----------------*- C++ -*-===//

#ifndef OBJPRELINK_SUPPORT_COPIES_H
#define OBJPRELINK_SUPPORT_COPIES_H

#include "Support/Extents.h"
#include <vector>

namespace objprelink {

/// The ranges of an output that copy_file_range(2) took from the input. A
/// comparison of the two files may take the kernel's word for them, as cp
/// does; reading both again would double the cost of a rewrite.
class Copies {
public:
  /// Notes that \p to.size() bytes at \p from are now at \p to, both addresses
  /// in the mappings of the files. Called in the order of the output.
  void add(const uint8_t *from, Bytes to) { ranges.push_back({from, to}); }

  bool empty() const { return ranges.empty(); }
  /// Whether \p before and \p after hold the same bytes.
  bool same(Bytes before, Bytes after) const;

private:
  struct Range {
    const uint8_t *from;
    Bytes to;
  };
  std::vector<Range> ranges;
};

} // namespace objprelink

#endif
