#include "Support/Copies.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace objprelink {

bool Copies::same(Bytes before, Bytes after) const {
  if (before.size() != after.size())
    return false;
  const auto next = llvm::upper_bound(
      ranges, after.begin(), [](const uint8_t *place, const Range &range) {
        return std::less<>()(place, range.to.begin());
      });
  if (next != ranges.begin()) {
    const Range &range = *std::prev(next);
    if (!std::less<>()(range.to.end(), after.end()) &&
        after.begin() - range.to.begin() == before.begin() - range.from)
      return true;
  }
  return before == after;
}

} // namespace objprelink
