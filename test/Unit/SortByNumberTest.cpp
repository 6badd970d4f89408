#include "Support/SortByNumber.h"
#include "gtest/gtest.h"
#include <random>

using namespace objprelink;

namespace {
struct Entry {
  uint64_t number = 0;
  uint32_t order = 0;
  bool operator==(const Entry &other) const = default;
};
} // namespace

/// For any numbers and any count, also where tables of digits come in, and with
/// any part in order at the beginning.
TEST(SortByNumber, IsAStableSort) {
  std::mt19937_64 random(3);
  const auto isBefore = [](const Entry &a, const Entry &b) {
    return a.number < b.number;
  };
  const auto check = [&](size_t size, uint64_t mask, size_t ordered) {
    std::vector<Entry> sorted;
    for (size_t i = 0; i < size; ++i)
      sorted.push_back({0x7fff'0000'0000 + (random() & mask), 0});
    std::sort(sorted.begin(), sorted.begin() + ordered, isBefore);
    for (size_t i = 0; i < size; ++i)
      sorted[i].order = i;
    std::vector<Entry> due = sorted;
    std::stable_sort(due.begin(), due.end(), isBefore);
    sortByNumber(sorted, [](const Entry &entry) { return entry.number; });
    EXPECT_TRUE(sorted == due) << size << ", " << mask << ", " << ordered;
  };
  for (size_t size : {0, 1, 2, 255, 256, 257, 5000})
    for (uint64_t mask :
         {uint64_t(0), uint64_t(7), uint64_t(0xfff000), uint64_t(0xffff'ffff),
          uint64_t(0x7'ffff'fff8), ~uint64_t(0)})
      for (size_t quarters : {0, 1, 2, 3, 4})
        check(size, mask, size * quarters / 4);
}
