#include "Target/Fields.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/Endian.h"
#include <algorithm>
#include <cstring>

using namespace llvm;
using namespace llvm::support::endian;

namespace objprelink {

/// Eight bytes are looked at together: few of them are shown.
void forEachByte(Bytes code, uint8_t mask, uint8_t value,
                 function_ref<void(size_t)> show) {
  constexpr uint64_t ones = 0x0101010101010101, tops = 0x8080808080808080;
  const uint64_t masks = ones * mask, values = ones * value;
  size_t at = 0;
  for (; at + 8 <= code.size(); at += 8) {
    const uint64_t differs = (read64le(&code[at]) & masks) ^ values;
    // The top bit of each byte that is zero; no sum carries into the next one.
    uint64_t zero = ~(((differs & ~tops) + ~tops) | differs | ~tops);
    for (; zero; zero &= zero - 1)
      show(at + countr_zero(zero) / 8);
  }
  for (; at < code.size(); ++at)
    if ((code[at] & mask) == value)
      show(at);
}

/// Values that lie close together share their top byte, and memchr() looks for
/// that byte many times faster than a loop reads each field.
void forEachField(Bytes code, int64_t low, int64_t high,
                  function_ref<void(size_t, int64_t)> show) {
  low = std::max<int64_t>(low, INT32_MIN);
  high = std::min<int64_t>(high, INT32_MAX);
  if (low > high || code.size() < 4)
    return;
  for (int64_t top = low >> 24; top <= high >> 24; ++top) {
    const uint8_t *next = code.begin() + 3;
    while ((next = static_cast<const uint8_t *>(
                std::memchr(next, uint8_t(top), code.end() - next)))) {
      const size_t at = next++ - code.begin() - 3;
      const int64_t value = int32_t(read32le(&code[at]));
      if (value >= low && value <= high)
        show(at, value);
    }
  }
}

} // namespace objprelink
