//===- Fields.h - numbers of 32 bits in code --------------------*- C++ -*-===//

#ifndef OBJPRELINK_TARGET_FIELDS_H
#define OBJPRELINK_TARGET_FIELDS_H

#include "ELF/Object.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace objprelink {

/// Shows the offset of each byte of \p code that is \p value where \p mask has
/// bits.
void forEachByte(Bytes code, uint8_t mask, uint8_t value,
                 llvm::function_ref<void(size_t at)> show);

/// Shows the offset and the value of each field of 32 bits in \p code, at any
/// position, whose value, with its sign, is in [\p low, \p high].
void forEachField(Bytes code, int64_t low, int64_t high,
                  llvm::function_ref<void(size_t at, int64_t value)> show);

} // namespace objprelink

#endif
