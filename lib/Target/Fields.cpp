#include "Target/Fields.h"
#include "llvm/Support/Endian.h"
#include <algorithm>
#include <cstring>

using namespace llvm;

namespace objprelink {

/// Values that lie close together share their top byte, and memchr() looks for
/// that byte many times faster than a loop reads each field.
std::optional<size_t> findField(Bytes code, int64_t low, int64_t high,
                                function_ref<bool(size_t, int64_t)> accept) {
  low = std::max<int64_t>(low, INT32_MIN);
  high = std::min<int64_t>(high, INT32_MAX);
  if (low > high || code.size() < 4)
    return std::nullopt;
  for (int64_t top = low >> 24; top <= high >> 24; ++top) {
    const uint8_t *next = code.begin() + 3;
    while ((next = static_cast<const uint8_t *>(
                std::memchr(next, uint8_t(top), code.end() - next)))) {
      const size_t at = next++ - code.begin() - 3;
      const int64_t value =
          int32_t(support::endian::read32le(code.data() + at));
      if (value >= low && value <= high && accept(at, value))
        return at;
    }
  }
  return std::nullopt;
}

} // namespace objprelink
