//===- VerifySymbols.h - the .symtab of two images --------------*- C++ -*-===//
//
// Only VerifySections.cpp includes this: it knows which old section is which
// new one.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_IMAGEVERIFIER_VERIFYSYMBOLS_H
#define OBJPRELINK_IMAGEVERIFIER_VERIFYSYMBOLS_H

#include "ImageVerifier/Comparison.h"

namespace objprelink {

/// Symbols that NEW has between the local and the global ones of OLD.
struct AddedSymbols {
  uint32_t table = 0; ///< the section of OLD that they were added to; 0 is none
  uint32_t names = 0; ///< the section of its names
  uint32_t count = 0;
};

/// How many bytes an entry has of a table of \p type that is compared entry by
/// entry; 0 is of no such table.
uint64_t entrySize(const Image &image, uint32_t type);

/// Finds them by the sizes of the tables. \p indexAfter has the index in NEW of
/// each section of OLD.
llvm::Error findAddedSymbols(const Comparison &c,
                             llvm::ArrayRef<uint32_t> indexAfter,
                             AddedSymbols &out);

/// Symbols whose section has another index or address now have followed it, and
/// are else the same; added ones are local and name code of sections that OLD
/// does not have.
llvm::Error compareSymbols(const Comparison &c, uint32_t index,
                           llvm::ArrayRef<uint32_t> indexAfter,
                           const std::vector<bool> &isOld,
                           const AddedSymbols &added);

/// Relocations that --emit-relocs has kept name the same symbols, by indices
/// that have grown.
llvm::Error compareSymbolIndices(const Comparison &c, uint32_t index,
                                 const Section &now, const AddedSymbols &added);

} // namespace objprelink

#endif
