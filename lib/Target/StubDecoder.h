//===- StubDecoder.h - what the code of a stub leads to ---------*- C++ -*-===//

#ifndef OBJPRELINK_TARGET_STUBDECODER_H
#define OBJPRELINK_TARGET_STUBDECODER_H

#include "ELF/Image.h"

namespace objprelink {

/// What a piece of code does; none of it was believed before.
struct DecodedStub {
  /// The word that holds the address of the function.
  uint64_t word = 0;
  bool hasLandingPad = false;
  /// The address of the field that holds the word's, where that is absolute.
  std::optional<uint64_t> absoluteField;
};

struct DecodedTail {
  uint32_t pushed = 0;
  uint64_t plt0 = 0;
  bool hasLandingPad = false;
};

struct DecodedPlt0 {
  /// Whether they are distances from the GOT, whose address is in %ebx.
  bool relativeToGot = false;
  /// The words that are pushed and jumped through.
  uint64_t pushed = 0, jumped = 0;
  llvm::SmallVector<uint64_t, 2> absoluteFields;
};

/// Decode the x86 code at \p address, none if it is no such code. All of it is
/// in the file contents of an executable segment.
std::optional<DecodedStub> decodeStub(const Image &image, uint64_t address);
std::optional<DecodedTail> decodeTail(const Image &image, uint64_t address);
std::optional<DecodedPlt0> decodePlt0(const Image &image, uint64_t address);

} // namespace objprelink

#endif
