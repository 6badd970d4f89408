//===- PltTails.h - how x86 PLT entries have words bound --------*- C++ -*-===//

#ifndef OBJPRELINK_TARGET_PLTTAILS_H
#define OBJPRELINK_TARGET_PLTTAILS_H

#include "ELF/Image.h"

namespace objprelink {

/// push $pushed; jmp header
struct PltTail {
  uint32_t pushed = 0;
  uint64_t header = 0;
};

/// The operand of an instruction, and where the instruction ends.
struct CodeOperand {
  uint32_t value = 0;
  uint64_t end = 0;
};

/// push word; jmp *word
struct PltHeader {
  CodeOperand pushed, jumped;
};

/// Reads that code at \p address, if it is there; \p pad is the landing pad
/// that may stand in front of it.
std::optional<PltTail> readPltTail(const Image &image, uint64_t address,
                                   Bytes pad);
std::optional<PltHeader> readPltHeader(const Image &image, uint64_t address,
                                       Bytes pad);

} // namespace objprelink

#endif
