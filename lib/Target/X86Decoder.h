//===- X86Decoder.h - what both x86 decoders share --------------*- C++ -*-===//
//
// Code is matched byte by byte with the rows that it is made of. A displacement
// that is relative to the program counter counts from the end of its field,
// where the instruction ends too.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_TARGET_X86DECODER_H
#define OBJPRELINK_TARGET_X86DECODER_H

#include "Target/Decoder.h"

namespace objprelink {

/// Reads code; once something did not match, nothing does any more.
class X86Code {
public:
  /// What \p image has at \p address, if that is executable.
  X86Code(const Image &image, uint64_t address);
  /// The code of an object.
  X86Code(Bytes code, bool is64) : is64(is64), rest(code) {}

  uint64_t address() const { return at; }
  bool atEnd() const { return rest.empty(); }

  bool take(std::initializer_list<uint8_t> row);
  bool takeLandingPad() {
    return take({0xf3, 0x0f, 0x1e, uint8_t(is64 ? 0xfa : 0xfb)});
  }
  /// A prefix that was MPX's and does nothing since.
  void takeBnd() { take({0xf2}); }
  std::optional<uint32_t> field();
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
  uint64_t at = 0;
  Bytes rest;
};

class X86Decoder : public Decoder {
public:
  std::optional<DecodedTail> tail(const Image &image,
                                  uint64_t address) const override;
  void
  findJumps(Bytes code, uint64_t address, uint64_t got,
            llvm::function_ref<void(const DecodedJump &)> show) const override;

protected:
  /// An indirect jump is two bytes and a field.
  static constexpr uint64_t kJumpSize = 6;
  static DecodedJump makeJump(uint64_t word, uint64_t address) {
    return {word, {address, kJumpSize}, {address + 2, 4}};
  }
  /// Takes a field that \p wanted describes, and notes it; the relocations of
  /// 64-bit objects have the addend and not the field.
  bool takeField(X86Code &code, DecodedField wanted,
                 DecodedObjectStub &out) const;
};

/// Decodes the first instruction of \p code; nothing where there is none.
std::optional<DecodedInstruction> decodeX86_64(Bytes code);

} // namespace objprelink

#endif
