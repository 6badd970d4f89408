//===- X86_64InstructionDecoder.cpp - how long an instruction is ----------===//
//
// Enough of the instruction set's form (Intel SDM, volume 2, chapter 2 and
// appendix A) to go from one instruction to the next and to find the distance
// that it has: prefixes, opcode, ModRM byte, displacement, immediate numbers.
// What the instruction does is of no interest. Those of APX are not known.
//
//===----------------------------------------------------------------------===//

#include "Target/X86Decoder.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace objprelink {

namespace {
/// What follows an opcode.
struct Form {
  bool hasModRm = false;
  unsigned immediate = 0;
  bool isBranch = false; ///< the immediate is a distance
};

class Instruction {
public:
  explicit Instruction(Bytes code) : code(code) {}
  std::optional<DecodedInstruction> run();

private:
  /// The next byte; 0 behind the end, where at is too large then.
  uint8_t next() {
    const uint8_t byte = peek();
    ++at;
    return byte;
  }
  uint8_t peek() const { return at < code.size() ? code[at] : 0; }
  /// Of an operand of 2 or 4 bytes.
  unsigned full() const { return isShort && !isWide ? 2 : 4; }
  uint8_t takePrefixes();
  std::optional<Form> oneByte(uint8_t opcode);
  std::optional<Form> twoBytes(uint8_t opcode) const;
  std::optional<Form> takeVector(uint8_t first);
  void takeOperand();

  const Bytes code;
  size_t at = 0;
  size_t field = 0;
  bool isShort = false; ///< prefix 66
  bool isWide = false;  ///< REX.W
  bool hasShortAddress = false;
};
} // namespace

/// Returns the byte behind them. A REX prefix counts if it is the last one.
uint8_t Instruction::takePrefixes() {
  while (true) {
    const uint8_t byte = next();
    const bool isRex = byte >> 4 == 4;
    if (!isRex && !is_contained({0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67,
                                 0xf0, 0xf2, 0xf3},
                                byte))
      return byte;
    isWide = isRex && (byte & 8);
    isShort |= byte == 0x66;
    hasShortAddress |= byte == 0x67;
  }
}

std::optional<Form> Instruction::oneByte(uint8_t opcode) {
  if (opcode < 0x40) {
    const unsigned low = opcode & 7;
    if (low >= 6)
      return std::nullopt;
    return Form{low < 4, low == 4 ? 1 : low == 5 ? full() : 0};
  }
  const unsigned reg = peek() >> 3 & 7;
  switch (opcode) {
  case 0x60:
  case 0x61:
  case 0x82:
  case 0x9a:
  case 0xce:
  case 0xd4:
  case 0xd5:
  case 0xd6:
  case 0xea:
    return std::nullopt;
  case 0x63:
  case 0x8f:
    return Form{true};
  case 0x68:
  case 0xa9:
    return Form{false, full()};
  case 0x69:
  case 0x81:
  case 0xc7:
    return Form{true, full()};
  case 0x6b:
  case 0x80:
  case 0x83:
  case 0xc0:
  case 0xc1:
  case 0xc6:
    return Form{true, 1};
  case 0x6a:
  case 0xa8:
  case 0xcd:
  case 0xe4:
  case 0xe5:
  case 0xe6:
  case 0xe7:
  case 0xeb:
    return Form{false, 1};
  case 0xc2:
  case 0xca:
    return Form{false, 2};
  case 0xc8:
    return Form{false, 3};
  case 0xe8:
  case 0xe9:
    return Form{false, 4, true};
  case 0xf6:
    return Form{true, reg < 2 ? 1u : 0};
  case 0xf7:
    return Form{true, reg < 2 ? full() : 0};
  case 0xfe:
  case 0xff:
    return Form{true};
  }
  if (opcode >= 0xa0 && opcode <= 0xa3)
    return Form{false, hasShortAddress ? 4u : 8};
  if (opcode >= 0xb8 && opcode <= 0xbf)
    return Form{false, isWide ? 8 : full()};
  if (opcode >> 4 == 7 || (opcode & 0xf8) == 0xb0 || (opcode & 0xfc) == 0xe0)
    return Form{false, 1};
  const bool hasModRm = (opcode >= 0x84 && opcode < 0x90) ||
                        (opcode & 0xfc) == 0xd0 || (opcode & 0xf8) == 0xd8;
  return Form{hasModRm};
}

/// Behind 0f, or of the first map of vector instructions. 78 is one instruction
/// or another, by its prefixes.
std::optional<Form> Instruction::twoBytes(uint8_t opcode) const {
  if (is_contained({0x04, 0x0a, 0x0c, 0x24, 0x25, 0x26, 0x27, 0x36, 0x39, 0x3b,
                    0x3c, 0x3d, 0x3e, 0x3f, 0x78},
                   opcode))
    return std::nullopt;
  if (opcode >> 4 == 8)
    return Form{false, 4, true};
  if ((opcode >= 0x05 && opcode <= 0x09) || opcode == 0x0b || opcode == 0x0e ||
      (opcode >= 0x30 && opcode <= 0x37) || opcode == 0x77 ||
      (opcode >= 0xa0 && opcode <= 0xa2) ||
      (opcode >= 0xa8 && opcode <= 0xaa) || (opcode & 0xf8) == 0xc8)
    return Form{};
  const bool hasByte = opcode == 0x0f || (opcode >= 0x70 && opcode <= 0x73) ||
                       opcode == 0xa4 || opcode == 0xac || opcode == 0xba ||
                       opcode == 0xc2 || (opcode >= 0xc4 && opcode <= 0xc6);
  return Form{true, hasByte ? 1u : 0};
}

/// VEX, EVEX and AMD's XOP, which name a map of opcodes.
std::optional<Form> Instruction::takeVector(uint8_t first) {
  unsigned map = 1;
  if (first != 0xc5)
    map = next() & (first == 0x62 ? 7 : 31);
  // EVEX has four bytes, VEX three or two, the first one among them.
  at += first == 0x62 ? 2 : 1;
  const uint8_t opcode = next();
  switch (map) {
  case 1: {
    if (opcode == 0x77 && first != 0x62)
      return Form{};
    const std::optional<Form> form = twoBytes(opcode);
    return Form{true, form && !form->isBranch ? form->immediate : 0};
  }
  case 2:
  case 5:
  case 6:
  case 9:
    return Form{true};
  case 3:
  case 8:
    return Form{true, 1};
  case 10:
    return Form{true, 4};
  default:
    return std::nullopt;
  }
}

/// The ModRM byte, the byte of an index, and a displacement.
void Instruction::takeOperand() {
  const uint8_t modRm = next();
  const unsigned mod = modRm >> 6;
  if (mod == 3)
    return;
  const bool hasIndex = (modRm & 7) == 4;
  const uint8_t base = hasIndex ? next() & 7 : modRm & 7;
  if (mod == 0 && base == 5) {
    if (!hasIndex)
      field = at;
    at += 4;
  } else if (mod) {
    at += mod == 1 ? 1 : 4;
  }
}

std::optional<DecodedInstruction> Instruction::run() {
  const uint8_t first = takePrefixes();
  std::optional<Form> form;
  const bool isXop = first == 0x8f && (peek() & 31) >= 8;
  if (first == 0xc4 || first == 0xc5 || first == 0x62 || isXop) {
    form = takeVector(first);
  } else if (first == 0x0f) {
    const uint8_t opcode = next();
    if (opcode == 0x38 || opcode == 0x3a) {
      next();
      form = Form{true, opcode == 0x3a ? 1u : 0};
    } else {
      form = twoBytes(opcode);
    }
  } else {
    form = oneByte(first);
  }
  if (!form)
    return std::nullopt;
  if (form->hasModRm)
    takeOperand();
  if (form->isBranch) {
    // Processors do not agree on such a branch (prefix 66).
    if (full() == 2)
      return std::nullopt;
    field = at;
  }
  at += form->immediate;
  // The largest one that a processor takes.
  if (at > 15 || at > code.size())
    return std::nullopt;
  return DecodedInstruction{uint8_t(at), uint8_t(field)};
}

std::optional<DecodedInstruction> decodeX86_64(Bytes code) {
  return Instruction(code).run();
}

} // namespace objprelink
