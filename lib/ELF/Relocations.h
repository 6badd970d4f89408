//===- Relocations.h - REL, RELA and CREL sections --------------*- C++ -*-===//

#ifndef OBJPRELINK_ELF_RELOCATIONS_H
#define OBJPRELINK_ELF_RELOCATIONS_H

#include "ELF/Object.h"
#include "llvm/Support/Error.h"

namespace objprelink {

/// Decodes the relocation section \p index of \p object. Symbol indices are
/// checked. Offsets are not: they are what the producer says they are.
llvm::Expected<std::vector<Relocation>> readRelocations(const Object &object,
                                                        uint32_t index);

/// Refuses more symbols than the relocations of the class can name.
llvm::Error checkSymbolCount(bool is64, uint64_t count);

/// Gives entry \p entry of a relocation section another symbol.
struct SymbolChange {
  uint32_t entry;
  uint32_t symbol;
};

/// The contents of relocation section \p index, of which \p relocations are
/// the entries, with \p changes made, in the encoding that it has.
ByteVector withSymbols(const Object &object, uint32_t index,
                       std::vector<Relocation> relocations,
                       llvm::ArrayRef<SymbolChange> changes);

/// The section type that the psABI of the class uses, and the size of its
/// entries: RELA for ELFCLASS64, REL for ELFCLASS32.
uint32_t nativeRelocationType(bool is64);
uint64_t nativeRelocationSize(bool is64);

/// The table of \p relocations in the class's native encoding. A REL entry
/// drops the addend: it belongs to the place.
ByteVector encodeRelocations(llvm::ArrayRef<Relocation> relocations, bool is64);

} // namespace objprelink

#endif
