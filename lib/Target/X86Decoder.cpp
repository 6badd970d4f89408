#include "Target/X86Decoder.h"
#include "llvm/Support/Endian.h"
#include <cstring>

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

X86Code::X86Code(const Image &image, uint64_t address)
    : is64(image.is64), at(address) {
  const Segment *segment = image.segmentAt(address);
  if (segment && (segment->flags & PF_X))
    rest = image.contentsFrom(address);
}

bool X86Code::take(std::initializer_list<uint8_t> row) {
  if (rest.take_front(std::min(rest.size(), row.size())) != ArrayRef(row))
    return false;
  skip(row.size());
  return true;
}

std::optional<uint32_t> X86Code::field() {
  if (rest.size() < 4)
    return std::nullopt;
  const uint32_t value = support::endian::read32le(rest.data());
  skip(4);
  return value;
}

std::optional<DecodedTail> X86Decoder::tail(const Image &image,
                                            uint64_t address) const {
  X86Code code(image, address);
  DecodedTail out;
  out.hasLandingPad = code.takeLandingPad();
  if (!code.take({0x68})) // push $index
    return std::nullopt;
  const std::optional<uint32_t> pushed = code.field();
  code.takeBnd();
  if (!pushed || !code.take({0xe9})) // jmp PLT0
    return std::nullopt;
  const std::optional<uint32_t> distance = code.field();
  if (!distance)
    return std::nullopt;
  out.pushed = *pushed;
  out.plt0 = code.from(code.address(), *distance);
  return out;
}

void X86Decoder::findJumps(Bytes code, uint64_t address, uint64_t got,
                           function_ref<void(const DecodedJump &)> show) const {
  const uint8_t *next = code.begin();
  while (uint64_t(code.end() - next) >= kJumpSize) {
    next = static_cast<const uint8_t *>(
        std::memchr(next, 0xff, code.end() - next - (kJumpSize - 1)));
    if (!next)
      return;
    const size_t at = next++ - code.begin();
    if (const std::optional<DecodedJump> found =
            jump(code.drop_front(at), address + at, got))
      show(*found);
  }
}

bool X86Decoder::takeField(X86Code &code, DecodedField wanted,
                           DecodedObjectStub &out) const {
  wanted.offset = code.address();
  const std::optional<uint32_t> value = code.field();
  if (!value || *value != (is64 ? 0 : uint32_t(wanted.addend)))
    return false;
  out.fields.push_back(wanted);
  return true;
}

} // namespace objprelink
