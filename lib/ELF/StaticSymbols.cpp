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

template <class ELFT>
static Error readSymbols(const Image &image, uint32_t index,
                         StaticSymbols &out) {
  using Sym = typename ELFT::Sym;
  const Section &table = image.sections[index];
  if (table.entrySize != sizeof(Sym) || table.size % sizeof(Sym))
    return error("{0:x} bytes in entries of {1}, not {2}", table.size,
                 table.entrySize, sizeof(Sym));
  Expected<Bytes> names =
      readStringTable(image.bytes, image.sections, table.link);
  if (!names)
    return names.takeError();
  out.names = *names;

  const Bytes bytes = image.bytes.slice(table.offset, table.size);
  out.symbols.resize(table.size / sizeof(Sym));
  for (auto [number, entry, symbol] :
       enumerate(ArrayRef(reinterpret_cast<const Sym *>(bytes.data()),
                          out.symbols.size()),
                 out.symbols)) {
    symbol.nameOffset = entry.st_name;
    symbol.value = entry.st_value;
    symbol.size = entry.st_size;
    symbol.type = entry.getType();
    symbol.binding = entry.getBinding();
    symbol.visibility = entry.getVisibility();
    symbol.section = entry.st_shndx >= SHN_LORESERVE
                         ? Symbol::kReserved | entry.st_shndx
                         : uint32_t(entry.st_shndx);
    if (symbol.isInSection() && symbol.section >= image.sections.size())
      return error("symbol {0}: section index {1} is past the end ({2} "
                   "sections)",
                   number, symbol.section, image.sections.size());
    if (symbol.nameOffset >= out.names.size())
      return error("symbol {0}: name offset {1:x} is past the end of the "
                   "names ({2:x} bytes)",
                   number, symbol.nameOffset, out.names.size());
  }
  return Error::success();
}

Expected<StaticSymbols> readStaticSymbols(const Image &image) {
  StaticSymbols out;
  Expected<uint32_t> index = findTable(image);
  if (!index)
    return index.takeError();
  if (!*index)
    return out;
  Error failed = image.is64 ? readSymbols<object::ELF64LE>(image, *index, out)
                            : readSymbols<object::ELF32LE>(image, *index, out);
  if (failed)
    return inContext(image.describe(*index), std::move(failed));
  return out;
}

} // namespace objprelink
