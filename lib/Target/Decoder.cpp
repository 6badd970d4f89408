#include "Target/Decoder.h"
#include "llvm/Support/Endian.h"
#include <cstring>

using namespace llvm;

namespace objprelink {

const Decoder *findDecoder(uint16_t machine, bool is64) {
  for (const Decoder *decoder : {&getX86_64Decoder(), &getI386Decoder()})
    if (decoder->machine == machine && decoder->is64 == is64)
      return decoder;
  return nullptr;
}

/// Sixteen bytes are looked at together. What leads to \p range from one page
/// has few different upper halves, and one comparison tells of eight of them:
/// as signed numbers, where the first is the least.
void findPlainDistances(Bytes bytes, uint64_t address, unsigned step,
                        const AddressRange &range,
                        function_ref<void(uint64_t, uint64_t)> show) {
  using Eight = int16_t __attribute__((vector_size(16)));
  using EightWrapping = uint16_t __attribute__((vector_size(16)));
  constexpr size_t group = sizeof(Eight), page = 4096, numberSize = 4;
  const auto showThese = [&](size_t from, size_t end) {
    for (; from < end && from + numberSize <= bytes.size(); from += step)
      if (const uint64_t to =
              address + from +
              int64_t(int32_t(support::endian::read32le(&bytes[from])));
          range.contains(to))
        show(to, address + from);
  };
  if (range.empty())
    return;
  size_t at = 0;
  for (; at + page + numberSize <= bytes.size(); at += page) {
    const uint64_t low = range.address - (address + at + page),
                   high = range.end() - (address + at);
    const uint64_t others = (high >> 16) - (low >> 16);
    if (others >= UINT16_MAX || range.size >= UINT32_MAX - page) {
      showThese(at, at + page);
      continue;
    }
    const EightWrapping first =
        EightWrapping{} + uint16_t(INT16_MIN - int64_t(low >> 16));
    const Eight last = Eight{} + int16_t(INT16_MIN + int64_t(others));
    for (size_t from = at; from < at + page; from += group) {
      uint64_t leads = 0;
      for (size_t upper = 2; upper < numberSize; upper += step) {
        EightWrapping numbers;
        std::memcpy(&numbers, &bytes[from + upper], sizeof(numbers));
        numbers += first;
        const Eight these = Eight(numbers) <= last;
        uint64_t parts[2];
        std::memcpy(parts, &these, sizeof(parts));
        leads |= parts[0] | parts[1];
      }
      if (leads)
        showThese(from, from + group);
    }
  }
  showThese(at, bytes.size());
}

} // namespace objprelink
