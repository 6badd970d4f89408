#include "Target/X86Decoder.h"
#include "llvm/Support/Endian.h"

using namespace llvm;
using namespace llvm::ELF;
using namespace llvm::support::endian;

namespace objprelink {

/// jmp *word(%rip) and push word(%rip), behind the opcode.
static std::optional<uint64_t> takeWord(X86Code &code) {
  const std::optional<uint32_t> distance = code.field();
  if (!distance)
    return std::nullopt;
  return code.from(code.address(), *distance);
}

/// for (; rdx < rsi; rdx += 8): an even entry is the address, in the file, of a
/// word: rax is added to the word, and rdi is behind it. An odd one is a bitmap
/// of the 63 words from rdi on.
static bool takeLoop(X86Code &code) {
  return code.take({0x48, 0x8b, 0x0a,       // mov (%rdx), %rcx
                    0x48, 0x83, 0xc2, 0x08, // add $8, %rdx
                    0x48, 0xd1, 0xe9,       // shr %rcx
                    0x72, 13}) &&           // jc to the bitmap
         code.take({0x48, 0x8d, 0x3c, 0x48, // lea (%rax,%rcx,2), %rdi
                    0x48, 0x01, 0x07,       // add %rax, (%rdi)
                    0x48, 0x83, 0xc7, 0x08, // add $8, %rdi
                    0xeb, 26}) &&           // jmp to the end
         code.take({0x4c, 0x0f, 0xbc, 0xc9, // bsf %rcx, %r9
                    0x74, 13,               // jz behind the bitmap's loop
                    0x4a, 0x01, 0x04, 0xcf, // add %rax, (%rdi,%r9,8)
                    0x4c, 0x8d, 0x41, 0xff, // lea -1(%rcx), %r8
                    0x4c, 0x21, 0xc1,       // and %r8, %rcx
                    0xeb, 0xed}) &&         // jmp to bsf, 19 bytes back
         code.take({0x48, 0x81, 0xc7,       // add $504, %rdi
                    0xf8, 0x01, 0x00, 0x00}) &&
         code.take({0x48, 0x39, 0xf2, // cmp %rsi, %rdx
                    0x72, 0xc8});     // jb to the beginning, 56 bytes back
}

namespace {
class X86_64Decoder final : public X86Decoder {
public:
  X86_64Decoder() {
    machine = EM_X86_64;
    is64 = true;
    indexStep = 1;
    entryAlignment = 1;
  }

  std::optional<DecodedStub> stub(const Image &image,
                                  uint64_t address) const override {
    X86Code code(image, address);
    DecodedStub out;
    out.hasLandingPad = code.takeLandingPad();
    code.takeBnd();
    if (!code.take({0xff, 0x25}))
      return std::nullopt;
    const std::optional<uint64_t> word = takeWord(code);
    if (!word)
      return std::nullopt;
    out.word = *word;
    return out;
  }

  std::optional<DecodedPlt0> plt0(const Image &image,
                                  uint64_t address) const override {
    X86Code code(image, address);
    code.takeLandingPad();
    if (!code.take({0xff, 0x35}))
      return std::nullopt;
    const std::optional<uint64_t> pushed = takeWord(code);
    code.takeBnd();
    if (!pushed || !code.take({0xff, 0x25}))
      return std::nullopt;
    const std::optional<uint64_t> jumped = takeWord(code);
    if (!jumped)
      return std::nullopt;
    DecodedPlt0 out;
    out.pushed = *pushed;
    out.jumped = *jumped;
    return out;
  }

  std::optional<DecodedRelocator> relocator(const Image &image,
                                            uint64_t address) const override {
    X86Code code(image, address);
    DecodedRelocator out;
    out.hasLandingPad = code.takeLandingPad();
    const auto takeLea = [&](std::initializer_list<uint8_t> row, uint64_t &to) {
      if (!code.take(row))
        return false;
      const std::optional<uint64_t> found = takeWord(code);
      to = found.value_or(0);
      return found.has_value();
    };
    uint64_t tableEnd = 0;
    if (!takeLea({0x48, 0x8d, 0x05}, out.image) || !code.take({0x48, 0xb9}))
      return std::nullopt;
    const std::optional<uint32_t> low = code.field(), high = code.field();
    // Past the two leas, of 14 bytes, and the loop, of 56.
    if (!low || !high || !code.take({0x48, 0x29, 0xc8, 0x74, 14 + 56}) ||
        !takeLea({0x48, 0x8d, 0x15}, out.table.address) ||
        !takeLea({0x48, 0x8d, 0x35}, tableEnd) || !takeLoop(code) ||
        !takeLea({0x48, 0x8d, 0x05}, out.value) || !code.take({0xc3}) ||
        tableEnd < out.table.address)
      return std::nullopt;
    out.preferred = uint64_t(*high) << 32 | *low;
    out.table.size = tableEnd - out.table.address;
    return out;
  }

  std::optional<DecodedJump> jump(Bytes code, uint64_t address,
                                  uint64_t) const override {
    if (code.size() < kJumpSize || code[0] != 0xff || code[1] != 0x25)
      return std::nullopt;
    return makeJump(address + kJumpSize + int64_t(int32_t(read32le(&code[2]))),
                    address);
  }

  std::vector<uint64_t> gots(const Image &image) const override {
    return {image.dynamicValue(DT_PLTGOT).value_or(0)};
  }

  /// A ModRM byte of mod 0 and rm 5, then a distance from the end of the
  /// instruction, which may have an immediate of one, two or four bytes.
  void findDistances(
      Bytes code, uint64_t address, ArrayRef<uint64_t>,
      const AddressRange &range,
      function_ref<void(uint64_t to, uint64_t place)> show) const override {
    constexpr uint64_t distanceSize = 4, largestImmediate = 4;
    const uint64_t before =
        std::min(range.address, distanceSize + largestImmediate);
    findPlainDistances(
        code, address, 1, {range.address - before, range.size + before},
        [&](uint64_t start, uint64_t place) {
          if (place == address || (code[place - address - 1] & 0xc7) != 5)
            return;
          const uint64_t to = start + distanceSize;
          for (uint64_t immediate : {0, 1, 2, 4})
            if (range.contains(to + immediate))
              show(to + immediate, place - 1);
        });
  }

  std::optional<DecodedInstruction> instruction(Bytes code) const override {
    return decodeX86_64(code);
  }

  std::optional<DecodedObjectStub> objectStub(Bytes bytes) const override {
    X86Code code(bytes, is64);
    DecodedObjectStub out;
    out.hasLandingPad = code.takeLandingPad();
    DecodedField field;
    field.addend = -4;
    if (code.take({0xff, 0x25})) { // jmp *f@GOTPCREL(%rip)
      field.type = R_X86_64_GOTPCRELX;
    } else if (code.take({0xe9})) { // jmp f@PLT
      field.type = R_X86_64_PLT32;
      out.isLate = true;
    } else {
      return std::nullopt;
    }
    if (!takeField(code, field, out) || !code.atEnd())
      return std::nullopt;
    return out;
  }
};
} // namespace

const Decoder &getX86_64Decoder() {
  static const X86_64Decoder decoder;
  return decoder;
}

} // namespace objprelink
