//===- Fields.h - numbers of 32 bits in code and data -----------*- C++ -*-===//
//
// Whoever asks what may refer to a place looks at all code and data of a file,
// megabytes of it, for a few numbers that lead there.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_ELF_FIELDS_H
#define OBJPRELINK_ELF_FIELDS_H

#include "ELF/Image.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace objprelink {

/// Shows the offset of each byte of \p code that is \p value.
void forEachByte(Bytes code, uint8_t value,
                 llvm::function_ref<void(size_t at)> show);

/// Shows the offset and the value of each field of 32 bits in \p code, at any
/// position, whose value, with its sign, is in [\p low, \p high].
void forEachField(Bytes code, int64_t low, int64_t high,
                  llvm::function_ref<void(size_t at, int64_t value)> show);

/// Shows the offset of each field of 32 bits in \p code, at any position, that
/// is -1.
void forEachMinusOne(Bytes code, llvm::function_ref<void(size_t at)> show);

/// Where fields of 32 bits are.
enum class FieldsAt { Any, MultiplesOf4 };

/// Shows each field of 32 bits in \p contents, which are at \p address, that
/// is the distance from its own first byte to a place in [\p targets.address,
/// \p targets.end()]. FieldsAt counts in offsets.
void forEachDistance(Bytes contents, uint64_t address,
                     const AddressRange &targets, FieldsAt fields,
                     llvm::function_ref<void(size_t at, uint64_t to)> show);

} // namespace objprelink

#endif
