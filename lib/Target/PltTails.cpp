#include "Target/PltTails.h"
#include "llvm/Support/Endian.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

static constexpr uint8_t kBnd[] = {0xf2}; // MPX; a no-op since
static constexpr uint8_t kPush[] = {0x68};
static constexpr uint8_t kJump[] = {0xe9};
static constexpr uint8_t kPushWord[] = {0xff, 0x35};
static constexpr uint8_t kJumpWord[] = {0xff, 0x25};

namespace {
class Reader {
public:
  Reader(const Image &image, uint64_t address) : at(address) {
    const Segment *segment = image.segmentAt(address);
    if (segment && (segment->flags & PF_X))
      rest = image.contentsFrom(address);
  }

  bool take(Bytes row) {
    if (rest.take_front(std::min(rest.size(), row.size())) != row)
      return false;
    skip(row.size());
    return true;
  }

  std::optional<CodeOperand> operand() {
    if (rest.size() < 4)
      return std::nullopt;
    const uint32_t value = support::endian::read32le(rest.data());
    skip(4);
    return CodeOperand{value, at};
  }

private:
  void skip(size_t size) {
    rest = rest.drop_front(size);
    at += size;
  }

  uint64_t at;
  Bytes rest;
};
} // namespace

std::optional<PltTail> readPltTail(const Image &image, uint64_t address,
                                   Bytes pad) {
  Reader code(image, address);
  code.take(pad);
  if (!code.take(kPush))
    return std::nullopt;
  const std::optional<CodeOperand> pushed = code.operand();
  code.take(kBnd);
  if (!pushed || !code.take(kJump))
    return std::nullopt;
  const std::optional<CodeOperand> distance = code.operand();
  if (!distance)
    return std::nullopt;
  return PltTail{pushed->value, distance->end + int32_t(distance->value)};
}

std::optional<PltHeader> readPltHeader(const Image &image, uint64_t address,
                                       Bytes pad) {
  Reader code(image, address);
  code.take(pad);
  if (!code.take(kPushWord))
    return std::nullopt;
  const std::optional<CodeOperand> pushed = code.operand();
  code.take(kBnd);
  if (!pushed || !code.take(kJumpWord))
    return std::nullopt;
  const std::optional<CodeOperand> jumped = code.operand();
  if (!jumped)
    return std::nullopt;
  return PltHeader{*pushed, *jumped};
}

} // namespace objprelink
