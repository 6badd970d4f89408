//===- MachineCode.h - what the engine asks of a machine --------*- C++ -*-===//
//
// The engine moves tables of any image and knows no machine. Callers fill this
// in: what code may refer to, and how large the place of a relocation is.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_IMAGEEDIT_MACHINECODE_H
#define OBJPRELINK_IMAGEEDIT_MACHINECODE_H

#include "ELF/Image.h"
#include "ELF/RelocationKinds.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <functional>
#include <vector>

namespace objprelink {

struct MachineCode {
  RelocationKinds kinds;
  /// The types of dynamic relocations whose place is one word.
  std::vector<uint32_t> wordRelocations;
  /// Adds what \p code, which begins at \p address, may take for the address of
  /// the GOT; wrong ones may be among them.
  std::function<void(Bytes code, uint64_t address,
                     llvm::SmallVectorImpl<uint64_t> &gots)>
      findGots;
  /// Shows where \p code may lead to in \p range, its end included: the address
  /// and the place of the distance to it, from the code or from one of \p gots.
  std::function<void(
      Bytes code, uint64_t address, const AddressRange &range,
      llvm::ArrayRef<uint64_t> gots,
      llvm::function_ref<void(uint64_t to, uint64_t place)> show)>
      findReferences;
};

} // namespace objprelink

#endif
