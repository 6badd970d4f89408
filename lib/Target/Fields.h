//===- Fields.h - numbers of 32 bits in code --------------------*- C++ -*-===//

#ifndef OBJPRELINK_TARGET_FIELDS_H
#define OBJPRELINK_TARGET_FIELDS_H

#include "ELF/Object.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <optional>

namespace objprelink {

/// Shows \p accept the offset and the value of each field of 32 bits in \p
/// code, at any position, whose value, with its sign, is in [\p low, \p high],
/// until it accepts one. Returns the offset of that one.
std::optional<size_t>
findField(Bytes code, int64_t low, int64_t high,
          llvm::function_ref<bool(size_t at, int64_t value)> accept);

} // namespace objprelink

#endif
