#include "ELF/Fields.h"
#include "llvm/Support/Endian.h"
#include <algorithm>
#include <cstring>

using namespace llvm;
using namespace llvm::support::endian;

namespace objprelink {

void forEachByte(Bytes code, uint8_t value, function_ref<void(size_t)> show) {
  const uint8_t *next = code.begin();
  while ((next = static_cast<const uint8_t *>(
              std::memchr(next, value, code.end() - next))))
    show(next++ - code.begin());
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

// A vector, as GCC and clang have it for all machines: a comparison gives a
// lane all ones or zero.
using Halves = uint16_t __attribute__((vector_size(16)));
using SignedHalves = int16_t __attribute__((vector_size(16)));

static Halves load(const uint8_t *from) {
  Halves out;
  std::memcpy(&out, from, sizeof(out));
  return out;
}

static bool isAnySet(SignedHalves lanes) {
  uint64_t parts[2];
  std::memcpy(parts, &lanes, sizeof(parts));
  return parts[0] | parts[1];
}

/// Of four bytes that follow each other, two are a half at an even offset.
void forEachMinusOne(Bytes code, function_ref<void(size_t)> show) {
  constexpr size_t block = sizeof(Halves), before = 3;
  size_t done = 0;
  const auto look = [&](size_t begin, size_t end) {
    for (size_t at = std::max(done, begin - std::min(begin, before));
         at < end && at + 4 <= code.size(); ++at)
      if (read32le(&code[at]) == UINT32_MAX)
        show(at);
    done = end;
  };
  size_t at = 0;
  for (; at + block <= code.size(); at += block)
    if (isAnySet(load(&code[at]) == UINT16_MAX))
      look(at, at + block);
  look(at, code.size());
}

namespace {
/// The upper halves that distances to \p targets may have, of fields in a piece
/// of at most kPiece bytes: few numbers that follow each other.
class UpperHalves {
public:
  static constexpr size_t kPiece = 1 << 16, kGroup = sizeof(Halves),
                          kRead = kGroup + 3;

  UpperHalves(uint64_t piece, const AddressRange &targets, FieldsAt fields)
      : isAny(fields == FieldsAt::Any) {
    const uint64_t least = (targets.address - (piece + kPiece - 1)) >> 16,
                   count = ((targets.end() - piece) >> 16) - least;
    hasAll = targets.size >= UINT32_MAX - kPiece || count > UINT16_MAX;
    // The least of them is the least signed number then.
    bias = Halves{} + uint16_t(uint16_t(1 << 15) - uint16_t(least));
    last = SignedHalves{} + int16_t(uint16_t(count) - (1 << 15));
  }

  /// Whether one of the fields that begin in a group of kGroup bytes has one.
  bool mayLead(const uint8_t *group) const {
    SignedHalves found = SignedHalves(load(group + 2) + bias) <= last;
    if (isAny)
      found |= SignedHalves(load(group + 3) + bias) <= last;
    else
      found &= SignedHalves{-1, 0, -1, 0, -1, 0, -1, 0};
    return hasAll || isAnySet(found);
  }

private:
  Halves bias;
  SignedHalves last;
  bool isAny, hasAll;
};
} // namespace

void forEachDistance(Bytes contents, uint64_t address,
                     const AddressRange &targets, FieldsAt fields,
                     function_ref<void(size_t, uint64_t)> show) {
  const size_t step = fields == FieldsAt::Any ? 1 : 4;
  const auto look = [&](size_t begin, size_t end) {
    for (size_t at = begin; at < end && at + 4 <= contents.size(); at += step)
      if (const uint64_t to =
              address + at + int64_t(int32_t(read32le(&contents[at])));
          to - targets.address <= targets.size)
        show(at, to);
  };
  size_t at = 0;
  while (at + UpperHalves::kRead <= contents.size()) {
    const UpperHalves halves(address + at, targets, fields);
    const size_t end = std::min(at + UpperHalves::kPiece,
                                contents.size() - UpperHalves::kRead + 1);
    for (; at < end; at += UpperHalves::kGroup)
      if (halves.mayLead(&contents[at]))
        look(at, at + UpperHalves::kGroup);
  }
  look(at, contents.size());
}

} // namespace objprelink
