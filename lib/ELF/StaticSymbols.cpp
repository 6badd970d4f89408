//===- StaticSymbols.cpp - .symtab bytes to symbols -----------------------===//
//
// Symbols of sections beyond SHN_LORESERVE (SHT_SYMTAB_SHNDX) keep SHN_XINDEX
// for a section, as if they were in none: an image has a few dozen sections,
// and the table is there to tell what is known for sure.
//
//===----------------------------------------------------------------------===//

#include "ELF/StaticSymbols.h"
#include "ELF/SectionTable.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Object/ELFTypes.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

/// The index of the symbol table; 0 is none.
static Expected<uint32_t> findTable(const Image &image) {
  uint32_t found = 0;
  for (auto [index, section] : enumerate(image.sections)) {
    if (section.type != SHT_SYMTAB)
      continue;
    if (found)
      return error("{0}: a second symbol table", image.describe(index));
    found = index;
  }
  return found;
}

template <class ELFT> static Symbol decode(Bytes entries, size_t index) {
  Symbol symbol;
  decodeSymbol(
      reinterpret_cast<const typename ELFT::Sym *>(entries.data())[index],
      symbol);
  return symbol;
}

static size_t entrySize(bool is64) {
  return is64 ? sizeof(object::ELF64LE::Sym) : sizeof(object::ELF32LE::Sym);
}

size_t StaticSymbols::size() const {
  return entries.size() / entrySize(is64);
}

Symbol StaticSymbols::operator[](size_t index) const {
  return is64 ? decode<object::ELF64LE>(entries, index)
              : decode<object::ELF32LE>(entries, index);
}

/// Whether the section and the name of each symbol are there, or what is not.
template <class ELFT>
static Error checkSymbols(Bytes entries, size_t nameSize, size_t sectionCount) {
  using Sym = typename ELFT::Sym;
  const ArrayRef<Sym> symbols(reinterpret_cast<const Sym *>(entries.data()),
                              entries.size() / sizeof(Sym));
  for (auto [number, symbol] : enumerate(symbols)) {
    if (symbol.st_shndx >= sectionCount && symbol.st_shndx < SHN_LORESERVE)
      return error("symbol {0}: section index {1} is past the end ({2} "
                   "sections)",
                   number, uint32_t(symbol.st_shndx), sectionCount);
    if (symbol.st_name >= nameSize)
      return error("symbol {0}: name offset {1:x} is past the end of the "
                   "names ({2:x} bytes)",
                   number, uint32_t(symbol.st_name), nameSize);
  }
  return Error::success();
}

static Expected<StaticSymbols> readSymbols(const Image &image, uint32_t index) {
  const Section &table = image.sections[index];
  const size_t size = entrySize(image.is64);
  if (table.entrySize != size || table.size % size)
    return error("{0:x} bytes in entries of {1}, not {2}", table.size,
                 table.entrySize, size);
  Expected<Bytes> names =
      readStringTable(image.bytes, image.sections, table.link);
  if (!names)
    return names.takeError();
  const Bytes entries = image.bytes.slice(table.offset, table.size);
  if (Error e = image.is64 ? checkSymbols<object::ELF64LE>(
                                 entries, names->size(), image.sections.size())
                           : checkSymbols<object::ELF32LE>(
                                 entries, names->size(), image.sections.size()))
    return e;
  return StaticSymbols(entries, *names, image.is64);
}

Expected<StaticSymbols> readStaticSymbols(const Image &image) {
  Expected<uint32_t> index = findTable(image);
  if (!index)
    return index.takeError();
  if (!*index)
    return StaticSymbols();
  Expected<StaticSymbols> out = readSymbols(image, *index);
  if (!out)
    return inContext(image.describe(*index), out.takeError());
  return out;
}

} // namespace objprelink
