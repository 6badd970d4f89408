//===- SectionTable.h - section headers of any ELF file ---------*- C++ -*-===//

#ifndef OBJPRELINK_ELF_SECTIONTABLE_H
#define OBJPRELINK_ELF_SECTIONTABLE_H

#include "ELF/Object.h"
#include "llvm/Support/Error.h"

namespace objprelink {

/// A validated section header table: the contents of each section lie in the
/// file, alignments are powers of two, and each name is in the table of names,
/// which ends in a zero byte.
struct SectionTable {
  uint64_t offset = 0;
  uint32_t namesIndex = 0;
  std::vector<Section> sections;
  Bytes names;

  llvm::StringRef name(const Section &section) const {
    return reinterpret_cast<const char *>(names.data()) + section.nameOffset;
  }
};

/// Reads the section headers of \p file, which is as long as an ELF header of
/// its class.
llvm::Expected<SectionTable> readSectionTable(Bytes file, bool is64);

/// The contents of section \p index, which must be a string table that ends in
/// a zero byte.
llvm::Expected<Bytes>
readStringTable(Bytes file, llvm::ArrayRef<Section> sections, uint32_t index);

/// Refuses a string table, which ends in a zero byte, with a name of more than
/// a megabyte: each of many symbols may have a part of it as its name.
llvm::Error checkNameLengths(Bytes names);

/// Whether \p size bytes at \p offset are in \p file.
inline bool isInFile(Bytes file, uint64_t offset, uint64_t size) {
  return offset <= file.size() && size <= file.size() - offset;
}

/// Fills in \p symbol from an entry of a symbol table, Elf64_Sym or Elf32_Sym.
/// SHN_XINDEX stays a reserved index.
template <class Sym> void decodeSymbol(const Sym &entry, Symbol &symbol) {
  symbol.nameOffset = entry.st_name;
  symbol.value = entry.st_value;
  symbol.size = entry.st_size;
  symbol.type = entry.getType();
  symbol.binding = entry.getBinding();
  symbol.visibility = entry.getVisibility();
  symbol.section = entry.st_shndx >= llvm::ELF::SHN_LORESERVE
                       ? Symbol::kReserved | entry.st_shndx
                       : uint32_t(entry.st_shndx);
}

} // namespace objprelink

#endif
