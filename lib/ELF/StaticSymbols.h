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
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"
#include "llvm/Support/Error.h"

namespace objprelink {

/// A validated symbol table: the names end in a zero byte, each symbol's name
/// begins in them, and the section of each symbol is one of the image's or one
/// of the reserved values. What a symbol says of addresses is not checked.
class StaticSymbols {
public:
  StaticSymbols() = default;
  /// Of entries of Elf64_Sym, or of Elf32_Sym.
  StaticSymbols(Bytes entries, Bytes names, bool is64)
      : names(names), entries(entries), is64(is64) {}

  size_t size() const;
  /// Decodes an entry: a large file has a hundred thousand of them, and a table
  /// of them would be as large again.
  Symbol operator[](size_t index) const;

  llvm::StringRef name(const Symbol &symbol) const {
    return reinterpret_cast<const char *>(names.data()) + symbol.nameOffset;
  }
  auto symbols() const {
    return llvm::map_range(llvm::seq<size_t>(0, size()),
                           [this](size_t index) { return (*this)[index]; });
  }

  Bytes names;

private:
  Bytes entries;
  bool is64 = true;
};

/// Reads the table of type SHT_SYMTAB; an image that has none has no symbols.
llvm::Expected<StaticSymbols> readStaticSymbols(const Image &image);

} // namespace objprelink

#endif
