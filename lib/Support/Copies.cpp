#include "Support/Copies.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace objprelink {

bool Copies::same(Bytes before, Bytes after) const {
  if (before.size() != after.size())
    return false;
  auto range = llvm::upper_bound(
      ranges, after.begin(), [](const uint8_t *place, const Range &range) {
        return std::less<>()(place, range.to.begin());
      });
  if (range != ranges.begin())
    --range;
  // Compares what lies between the copies of the very same bytes.
  for (; range != ranges.end() && !after.empty(); ++range) {
    if (!std::less<>()(range->to.begin(), after.end()))
      break;
    if (!std::less<>()(after.begin(), range->to.end()))
      continue;
    const uint64_t gap = std::less<>()(after.begin(), range->to.begin())
                             ? range->to.begin() - after.begin()
                             : 0;
    if (before.take_front(gap) != after.take_front(gap))
      return false;
    before = before.drop_front(gap);
    after = after.drop_front(gap);
    if (after.begin() - range->to.begin() != before.begin() - range->from)
      continue;
    const uint64_t copied =
        std::min<uint64_t>(after.size(), range->to.end() - after.begin());
    before = before.drop_front(copied);
    after = after.drop_front(copied);
  }
  return before == after;
}

} // namespace objprelink
