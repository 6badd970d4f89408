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
#include <bit>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

namespace objprelink {

/// The numbers from 0 to \p size in the order of \p numberOf(index), an
/// unsigned number. Those with equal ones stay in order. \p size is below 2^32.
template <class NumberOf>
std::vector<uint32_t> orderByNumber(size_t size, NumberOf numberOf) {
  constexpr unsigned digitBits = 11;
  constexpr size_t digits = size_t(1) << digitBits;
  std::vector<uint32_t> order(size);
  uint64_t differing = 0;
  for (size_t index = 0; index != size; ++index) {
    order[index] = index;
    differing |= numberOf(index) ^ numberOf(0);
  }
  if (!differing)
    return order;
  // Addresses of words are the same in their last bits.
  const unsigned same = std::countr_zero(differing);
  const unsigned width = std::bit_width(differing) - same;
  // For few elements the tables of digits are the larger part of the work.
  if (size < digits / 8 || width > 32) {
    std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
      return numberOf(a) < numberOf(b);
    });
    return order;
  }
  // What differs of the number, and the index below it: a quarter of the bytes
  // of a relocation is moved for each digit.
  const uint64_t mask = ~uint64_t(0) >> (64 - width);
  std::vector<uint64_t> keys(size), sorted(size);
  for (size_t index = 0; index != size; ++index)
    keys[index] = (numberOf(index) >> same & mask) << 32 | index;
  for (unsigned shift = 32; shift < 32 + width; shift += digitBits) {
    const auto digitOf = [&](uint64_t key) {
      return key >> shift & (digits - 1);
    };
    std::array<size_t, digits> next = {};
    for (uint64_t key : keys)
      ++next[digitOf(key)];
    size_t begin = 0;
    for (size_t &place : next)
      begin += std::exchange(place, begin);
    for (uint64_t key : keys)
      sorted[next[digitOf(key)]++] = key;
    keys.swap(sorted);
  }
  for (size_t index = 0; index != size; ++index)
    order[index] = uint32_t(keys[index]);
  return order;
}

/// Sorts elements that are in no order.
template <class T, class NumberOf>
void sortUnordered(std::vector<T> &all, NumberOf numberOf) {
  const std::vector<uint32_t> order = orderByNumber(
      all.size(), [&](size_t index) { return numberOf(all[index]); });
  std::vector<T> sorted;
  sorted.reserve(all.size());
  for (uint32_t index : order)
    sorted.push_back(std::move(all[index]));
  all = std::move(sorted);
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
    return sortUnordered(all, numberOf);
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
