//===- SortByNumber.h - sort by an address or an index ----------*- C++ -*-===//
//
// Linkers write relocations in a few sorted runs, hundreds of thousands of
// entries long, or by symbol, in thousands of short ones. A radix sort takes
// them all in the same time, a few instructions for each entry and digit, where
// comparisons take ten times that. What stands in order at the beginning, as
// RELATIVEs do, is merged with the rest.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_SUPPORT_SORTBYNUMBER_H
#define OBJPRELINK_SUPPORT_SORTBYNUMBER_H

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

namespace objprelink {

/// Sorts elements that are in no order.
template <class T, class NumberOf>
void sortByDigits(std::vector<T> &all, NumberOf numberOf) {
  constexpr unsigned digitBits = 11;
  constexpr size_t digits = size_t(1) << digitBits;
  // For few elements the tables of digits are the larger part of the work.
  if (all.size() < digits / 8) {
    std::stable_sort(all.begin(), all.end(), [&](const T &a, const T &b) {
      return numberOf(a) < numberOf(b);
    });
    return;
  }
  uint64_t differing = 0;
  const uint64_t first = numberOf(all.front());
  for (const T &element : all)
    differing |= numberOf(element) ^ first;
  std::vector<T> sorted(all.size());
  for (unsigned shift = 0; shift < 64 && differing >> shift;
       shift += digitBits) {
    const auto digitOf = [&](const T &element) {
      return uint64_t(numberOf(element)) >> shift & (digits - 1);
    };
    if (!(differing >> shift & (digits - 1)))
      continue;
    std::array<size_t, digits> next = {};
    for (const T &element : all)
      ++next[digitOf(element)];
    size_t begin = 0;
    for (size_t &place : next)
      begin += std::exchange(place, begin);
    for (T &element : all)
      sorted[next[digitOf(element)]++] = std::move(element);
    all.swap(sorted);
  }
}

/// Sorts \p all by \p numberOf(element), an unsigned number, and keeps equal
/// elements in their order.
template <class T, class NumberOf>
void sortByNumber(std::vector<T> &all, NumberOf numberOf) {
  const auto isBefore = [&](const T &a, const T &b) {
    return numberOf(a) < numberOf(b);
  };
  auto ordered = std::is_sorted_until(all.begin(), all.end(), isBefore);
  if (ordered == all.end())
    return;
  if (size_t(ordered - all.begin()) < all.size() / 4)
    return sortByDigits(all, numberOf);
  std::vector<T> rest(std::make_move_iterator(ordered),
                      std::make_move_iterator(all.end()));
  sortByNumber(rest, numberOf);
  // From the last on, so that there is room.
  auto to = all.end();
  for (auto next = rest.end(); next != rest.begin();)
    if (ordered != all.begin() && isBefore(*(next - 1), *(ordered - 1)))
      *--to = std::move(*--ordered);
    else
      *--to = std::move(*--next);
}

} // namespace objprelink

#endif
