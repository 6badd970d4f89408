//===- StubDecoder.cpp - what the code of a stub leads to -----------------===//
//
// The code is matched byte by byte with the rows that stubs are made of, once
// more and apart from those that make them. A displacement that is relative to
// the program counter counts from the end of its field, where the instruction
// ends too.
//
//===----------------------------------------------------------------------===//

#include "Target/StubDecoder.h"
#include "llvm/Support/Endian.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

namespace {
/// Reads code; once something did not match, nothing does any more.
class Code {
public:
  Code(const Image &image, uint64_t address) : is64(image.is64), at(address) {
    const Segment *segment = image.segmentAt(address);
    if (segment && (segment->flags & PF_X))
      rest = image.contentsFrom(address);
  }

  uint64_t address() const { return at; }

  bool take(std::initializer_list<uint8_t> pattern) {
    if (rest.take_front(std::min(rest.size(), pattern.size())) !=
        ArrayRef(pattern))
      return false;
    skip(pattern.size());
    return true;
  }

  bool takeLandingPad() {
    return take({0xf3, 0x0f, 0x1e, uint8_t(is64 ? 0xfa : 0xfb)});
  }

  std::optional<uint32_t> field() {
    if (rest.size() < 4)
      return std::nullopt;
    const uint32_t value = support::endian::read32le(rest.data());
    skip(4);
    return value;
  }

  /// The address that a signed displacement leads to.
  uint64_t from(uint64_t base, uint32_t displacement) const {
    const uint64_t sum = base + int64_t(int32_t(displacement));
    return is64 ? sum : uint32_t(sum);
  }

private:
  void skip(size_t size) {
    rest = rest.drop_front(size);
    at += size;
  }

  const bool is64;
  uint64_t at;
  Bytes rest;
};
} // namespace

static constexpr uint8_t kBnd = 0xf2; // MPX; a no-op since

/// jmp *word(%rip), or jmp *word.
static bool takeIndirectJump(Code &code, const Image &image, uint64_t &word,
                             std::optional<uint64_t> &absoluteField) {
  if (!code.take({0xff, 0x25}))
    return false;
  const uint64_t at = code.address();
  const std::optional<uint32_t> field = code.field();
  if (!field)
    return false;
  word = image.is64 ? code.from(code.address(), *field) : *field;
  if (!image.is64)
    absoluteField = at;
  return true;
}

/// i386: the code takes its own address off the stack.
static bool decodeI386Relay(Code &code, DecodedStub &out) {
  const uint64_t begin = code.address();
  uint64_t base = 0;
  const bool keepsAll = code.take({0x50,             // push %eax
                                   0x50,             // push %eax
                                   0xe8, 1, 0, 0, 0, // call 2f
                                   0xcc,             // 1: int3
                                   0x58,             // 2: pop %eax
                                   0x8b, 0x80});     // mov D(%eax), %eax
  if (keepsAll)
    base = begin + 7;
  else if (code.take({0xe8, 0, 0, 0, 0, // call 1f
                      0x58,             // 1: pop %eax
                      0xff, 0xa0}))     // jmp *D(%eax)
    base = begin + 5;
  else
    return false;
  const std::optional<uint32_t> field = code.field();
  if (!field)
    return false;
  out.word = code.from(base, *field);
  return !keepsAll || code.take({0x89, 0x44, 0x24, 0x04, // mov %eax, 4(%esp)
                                 0x58,                   // pop %eax
                                 0xc3});                 // ret
}

std::optional<DecodedStub> decodeStub(const Image &image, uint64_t address) {
  Code code(image, address);
  DecodedStub out;
  out.hasLandingPad = code.takeLandingPad();
  code.take({kBnd});
  if (takeIndirectJump(code, image, out.word, out.absoluteField))
    return out;
  if (!image.is64 && decodeI386Relay(code, out))
    return out;
  return std::nullopt;
}

std::optional<DecodedTail> decodeTail(const Image &image, uint64_t address) {
  Code code(image, address);
  DecodedTail out;
  out.hasLandingPad = code.takeLandingPad();
  if (!code.take({0x68})) // push $index
    return std::nullopt;
  const std::optional<uint32_t> pushed = code.field();
  code.take({kBnd});
  if (!pushed || !code.take({0xe9})) // jmp PLT0
    return std::nullopt;
  const std::optional<uint32_t> distance = code.field();
  if (!distance)
    return std::nullopt;
  out.pushed = *pushed;
  out.plt0 = code.from(code.address(), *distance);
  return out;
}

/// push 4(%ebx); jmp *8(%ebx)
static bool decodeGotPlt0(Code &code, DecodedPlt0 &out) {
  if (!code.take({0xff, 0xb3}))
    return false;
  const std::optional<uint32_t> pushed = code.field();
  if (!pushed || !code.take({0xff, 0xa3}))
    return false;
  const std::optional<uint32_t> jumped = code.field();
  if (!jumped)
    return false;
  out.relativeToGot = true;
  out.pushed = *pushed;
  out.jumped = *jumped;
  return true;
}

static bool decodePicPlt0(Code &code, DecodedPlt0 &out) {
  const uint64_t base = code.address() + 8;
  if (!code.take({0x50, 0x50, 0x50, // push %eax, thrice
                  0xe8, 1, 0, 0, 0, // call 2f
                  0xcc,             // 1: int3
                  0x58,             // 2: pop %eax
                  0xff, 0xb0}))     // push D(%eax)
    return false;
  const std::optional<uint32_t> pushed = code.field();
  if (!pushed || !code.take({0x8f, 0x44, 0x24, 0x08, // pop 8(%esp)
                             0xff, 0xb0}))           // push D(%eax)
    return false;
  const std::optional<uint32_t> jumped = code.field();
  if (!jumped || !code.take({0x8f, 0x44, 0x24, 0x04, // pop 4(%esp)
                             0x58,                   // pop %eax
                             0xc3}))                 // ret
    return false;
  out.pushed = code.from(base, *pushed);
  out.jumped = code.from(base, *jumped);
  return true;
}

std::optional<DecodedPlt0> decodePlt0(const Image &image, uint64_t address) {
  Code code(image, address);
  DecodedPlt0 out;
  code.takeLandingPad();
  if (code.take({0xff, 0x35})) { // push word(%rip), or push word
    const uint64_t at = code.address();
    const std::optional<uint32_t> pushed = code.field();
    if (!pushed)
      return std::nullopt;
    out.pushed = image.is64 ? code.from(code.address(), *pushed) : *pushed;
    code.take({kBnd});
    std::optional<uint64_t> absoluteField;
    if (!takeIndirectJump(code, image, out.jumped, absoluteField))
      return std::nullopt;
    if (absoluteField)
      out.absoluteFields = {at, *absoluteField};
    return out;
  }
  if (!image.is64 && (decodeGotPlt0(code, out) || decodePicPlt0(code, out)))
    return out;
  return std::nullopt;
}

} // namespace objprelink
