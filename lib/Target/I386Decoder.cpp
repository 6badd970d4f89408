//===- I386Decoder.cpp ----------------------------------------------------===//
//
// Code finds its own address on the stack, where a call has left it: the
// address of the label 1 below.
//
//===----------------------------------------------------------------------===//

#include "Target/X86Decoder.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"

using namespace llvm;
using namespace llvm::ELF;
using namespace llvm::support::endian;

namespace objprelink {

namespace {
/// The beginning of a relay.
struct Base {
  uint64_t label = 0; ///< the address in %eax
  bool keepsAll = false;
};
} // namespace

static std::optional<Base> takeBase(X86Code &code) {
  const uint64_t begin = code.address();
  if (code.take({0x50,             //    push %eax
                 0x50,             //    push %eax
                 0xe8, 1, 0, 0, 0, //    call 2f
                 0xcc,             // 1: int3
                 0x58}))           // 2: pop %eax
    return Base{begin + 7, true};
  if (code.take({0xe8, 0, 0, 0, 0, //    call 1f
                 0x58}))           // 1: pop %eax
    return Base{begin + 5, false};
  return std::nullopt;
}

/// What goes through the word at a displacement from %eax, up to that.
static bool takeLoad(X86Code &code, const Base &base) {
  return base.keepsAll ? code.take({0x8b, 0x80})  // mov D(%eax), %eax
                       : code.take({0xff, 0xa0}); // jmp *D(%eax)
}

/// What follows the displacement.
static bool takeRest(X86Code &code, const Base &base) {
  if (!base.keepsAll)
    return true;
  return code.take({0x89, 0x44, 0x24, 0x04, // mov %eax, 4(%esp)
                    0x58,                   // pop %eax
                    0xc3});                 // ret
}

/// push 4(%ebx); jmp *8(%ebx)
static bool takeGotPlt0(X86Code &code, DecodedPlt0 &out) {
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

static bool takePicPlt0(X86Code &code, DecodedPlt0 &out) {
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

/// push word; jmp *word
static bool takeAbsolutePlt0(X86Code &code, DecodedPlt0 &out) {
  if (!code.take({0xff, 0x35}))
    return false;
  const uint64_t pushedAt = code.address();
  const std::optional<uint32_t> pushed = code.field();
  code.takeBnd();
  if (!pushed || !code.take({0xff, 0x25}))
    return false;
  const uint64_t jumpedAt = code.address();
  const std::optional<uint32_t> jumped = code.field();
  if (!jumped)
    return false;
  out.pushed = *pushed;
  out.jumped = *jumped;
  out.absoluteFields = {pushedAt, jumpedAt};
  return true;
}

namespace {
class I386Decoder final : public X86Decoder {
public:
  I386Decoder() {
    machine = EM_386;
    is64 = false;
    indexStep = 8; // the offset of a REL entry
    entryAlignment = 4;
    hasScratchStubs = true;
  }

  std::optional<DecodedStub> stub(const Image &image,
                                  uint64_t address) const override {
    X86Code code(image, address);
    DecodedStub out;
    out.hasLandingPad = code.takeLandingPad();
    code.takeBnd();
    if (code.take({0xff, 0x25})) { // jmp *word
      out.absoluteField = code.address();
      const std::optional<uint32_t> word = code.field();
      if (!word)
        return std::nullopt;
      out.word = *word;
      return out;
    }
    const std::optional<Base> base = takeBase(code);
    if (!base || !takeLoad(code, *base))
      return std::nullopt;
    const std::optional<uint32_t> distance = code.field();
    if (!distance || !takeRest(code, *base))
      return std::nullopt;
    out.word = code.from(base->label, *distance);
    return out;
  }

  std::optional<DecodedPlt0> plt0(const Image &image,
                                  uint64_t address) const override {
    X86Code code(image, address);
    DecodedPlt0 out;
    code.takeLandingPad();
    if (takeAbsolutePlt0(code, out) || takeGotPlt0(code, out) ||
        takePicPlt0(code, out))
      return out;
    return std::nullopt;
  }

  /// ld.so does without one.
  std::optional<DecodedRelocator> relocator(const Image &,
                                            uint64_t) const override {
    return std::nullopt;
  }

  std::optional<DecodedJump> jump(Bytes code, uint64_t address,
                                  uint64_t got) const override {
    if (code.size() < kJumpSize || code[0] != 0xff ||
        (code[1] != 0x25 && code[1] != 0xa3)) // jmp *word, jmp *word(%ebx)
      return std::nullopt;
    const bool isAbsolute = code[1] == 0x25;
    const uint32_t field = read32le(&code[2]);
    DecodedJump out =
        makeJump(isAbsolute ? field : uint32_t(got + field), address);
    out.isAbsolute = isAbsolute;
    return out;
  }

  std::vector<uint64_t> gots(const Image &image) const override {
    std::vector<uint64_t> out = {image.dynamicValue(DT_PLTGOT).value_or(0)};
    for (const Section &section : image.sections)
      if (is_contained({".got", ".got.plt"}, image.name(section)))
        out.push_back(section.address);
    return out;
  }

  /// A distance from the GOT, behind a ModRM byte of mod 2, perhaps with a SIB
  /// byte, or as an immediate.
  void findDistances(
      Bytes code, uint64_t address, ArrayRef<uint64_t> gots,
      const AddressRange &range,
      function_ref<void(uint64_t to, uint64_t place)> show) const override {
    for (size_t at = 2; at + 4 <= code.size(); ++at) {
      const uint8_t second = code[at - 2], first = code[at - 1];
      const bool isOperand =
          second != 0x0f && first >> 6 == 2 && (first & 7) != 4;
      const bool hasIndex = second >> 6 == 2 && (second & 7) == 4;
      const bool isImmediate = (second == 0x81 && first >> 6 == 3) ||
                               first == 0x68 || first >> 3 == 0x17 ||
                               (first < 0x40 && (first & 7) == 5);
      if (!isOperand && !hasIndex && !isImmediate)
        continue;
      const int64_t distance = int32_t(read32le(&code[at]));
      for (uint64_t got : gots)
        if (got && range.contains(got + distance))
          show(got + distance, address + at);
    }
  }

  /// Its code has distances from the GOT.
  std::optional<DecodedInstruction> instruction(Bytes) const override {
    return std::nullopt;
  }

  std::optional<DecodedObjectStub> objectStub(Bytes bytes) const override {
    X86Code code(bytes, is64);
    DecodedObjectStub out;
    out.hasLandingPad = code.takeLandingPad();
    const std::optional<Base> base = takeBase(code);
    if (!base || !code.take({0x05})) // add $_GLOBAL_OFFSET_TABLE_+(.-1b), %eax
      return std::nullopt;
    DecodedField got, word;
    got.type = R_386_GOTPC;
    got.addend = code.address() - base->label;
    got.isGotBase = true;
    word.type = R_386_GOT32X;
    if (!takeField(code, got, out) || !takeLoad(code, *base) ||
        !takeField(code, word, out) || !takeRest(code, *base) || !code.atEnd())
      return std::nullopt;
    out.changesRegister = !base->keepsAll;
    return out;
  }
};
} // namespace

const Decoder &getI386Decoder() {
  static const I386Decoder decoder;
  return decoder;
}

} // namespace objprelink
