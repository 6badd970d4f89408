//===- SortRuns.h - sort what is nearly sorted ------------------*- C++ -*-===//
//
// Linkers write relocations in a few sorted runs, hundreds of thousands of
// entries long. Merging these takes a tenth of the time of a sort that does not
// know of runs.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_SUPPORT_SORTRUNS_H
#define OBJPRELINK_SUPPORT_SORTRUNS_H

#include <algorithm>
#include <vector>

namespace objprelink {

/// Sorts \p all and keeps equal elements in their order.
template <class T, class Less> void sortRuns(std::vector<T> &all, Less less) {
  auto sorted = all.begin();
  while (sorted != all.end()) {
    auto end = std::is_sorted_until(sorted, all.end(), less);
    // Many short runs: what is left is not sorted at all.
    if (end - sorted < (all.end() - sorted) / 8) {
      end = all.end();
      std::stable_sort(sorted, end, less);
    }
    std::inplace_merge(all.begin(), sorted, end, less);
    sorted = end;
  }
}

} // namespace objprelink

#endif
