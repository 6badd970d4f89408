//===- StaticSymbols.h - the .symtab of a finished image --------*- C++ -*-===//
//
// No loader looks at it, strip removes it, but where it is left it names the
// data that .dynsym does not: hidden and local virtual tables, and the other
// data around them.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_ELF_STATICSYMBOLS_H
#define OBJPRELINK_ELF_STATICSYMBOLS_H

#include "ELF/Image.h"
#include "llvm/Support/Error.h"

namespace objprelink {

/// A validated symbol table: the names end in a zero byte, each symbol's name
/// begins in them, and the section of each symbol is one of the image's or one
/// of the reserved values. What a symbol says of addresses is not checked.
struct StaticSymbols {
  std::vector<Symbol> symbols;
  Bytes names;

  llvm::StringRef name(const Symbol &symbol) const {
    return reinterpret_cast<const char *>(names.data()) + symbol.nameOffset;
  }
};

/// Reads the table of type SHT_SYMTAB; an image that has none has no symbols.
llvm::Expected<StaticSymbols> readStaticSymbols(const Image &image);

} // namespace objprelink

#endif
