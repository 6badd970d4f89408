//===- AddedSymbols.cpp - a .symtab with symbols of new code --------------===//
//
// Debuggers and profilers name code by .symtab. Local symbols precede all
// others (gABI, "Symbol Table"), so new ones go between the two kinds. The
// indices of global symbols grow, also where relocations that --emit-relocs has
// kept name them. .symtab and .strtab are made anew from the old ones, at the
// end of the file. A table with extended section indices (SHT_SYMTAB_SHNDX)
// gets no symbols.
//
//===----------------------------------------------------------------------===//

#include "ImageEdit/ImageEdit.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Object/ELFTypes.h"

using namespace llvm;
using namespace llvm::ELF;
using namespace llvm::object;

namespace objprelink {

template <class Sym>
static void appendSymbol(uint64_t name, uint64_t value, uint64_t size,
                         uint8_t type, uint32_t section, ByteVector &out) {
  Sym symbol = {};
  symbol.st_name = name;
  symbol.st_value = value;
  symbol.st_size = size;
  symbol.setBindingAndType(STB_LOCAL, type);
  symbol.st_shndx = section;
  const auto *bytes = reinterpret_cast<const uint8_t *>(&symbol);
  out.append(bytes, bytes + sizeof(symbol));
}

static uint64_t symbolSize(const Image &image) {
  return image.is64 ? sizeof(ELF64LE::Sym) : sizeof(ELF32LE::Sym);
}

void ImageEdit::findSymbolTable() {
  const auto table = find_if(image.sections, [](const Section &section) {
    return section.type == SHT_SYMTAB;
  });
  if (addedSymbols.empty() || table == image.sections.end() ||
      table->entrySize != symbolSize(image) || table->size % table->entrySize ||
      table->size / table->entrySize < table->info ||
      table->link >= image.sections.size() ||
      image.sections[table->link].type != SHT_STRTAB ||
      (image.sections[table->link].flags & SHF_ALLOC) ||
      table->link == image.sectionNamesIndex ||
      any_of(
          image.sections,
          [](const Section &section) {
            return section.type == SHT_SYMTAB_SHNDX;
          }))
    return;
  symbolTableIndex = table - image.sections.begin();
  symbolNamesIndex = table->link;
}

bool ImageEdit::isRemade(uint32_t section) const {
  return section == image.sectionNamesIndex ||
         (symbolTableIndex &&
          (section == symbolTableIndex || section == symbolNamesIndex));
}

/// A file symbol ends what the last one began; an empty name is what GNU ld
/// uses for its own.
ByteVector ImageEdit::encodeSymbols(uint64_t nameOffset) const {
  ByteVector out;
  const auto append = [&](uint64_t name, uint64_t value, uint64_t size,
                          uint8_t type, uint32_t section) {
    if (image.is64)
      appendSymbol<ELF64LE::Sym>(name, value, size, type, section, out);
    else
      appendSymbol<ELF32LE::Sym>(name, value, size, type, section, out);
  };
  append(0, 0, 0, STT_FILE, SHN_ABS);
  for (const AddedSymbol &symbol : addedSymbols) {
    append(nameOffset, symbol.address + shift, symbol.size, STT_FUNC,
           sectionIndex[sections.size() + symbol.section]);
    nameOffset += symbol.name.size() + 1;
  }
  return out;
}

void ImageEdit::remakeSymbolTable() {
  const Section &oldTable = image.sections[symbolTableIndex];
  const Section &oldNames = image.sections[symbolNamesIndex];
  const uint64_t firstGlobal =
      oldTable.offset + oldTable.info * symbolSize(image);

  Extents table, names;
  const auto append = [&](Bytes bytes, bool) { table.append(bytes); };
  showOld(oldTable.offset, firstGlobal, append);
  table.append(encodeSymbols(oldNames.size));
  showOld(firstGlobal, oldTable.offset + oldTable.size, append);

  names.append(image.bytes.slice(oldNames.offset, oldNames.size));
  ByteVector added;
  for (const AddedSymbol &symbol : addedSymbols) {
    append_range(added, symbol.name);
    added.push_back(0);
  }
  names.append(std::move(added));
  sections[symbolTableIndex].info += addedSymbols.size() + 1;
  appendToTail(sections[symbolTableIndex], std::move(table));
  appendToTail(sections[symbolNamesIndex], std::move(names));
}

/// What --emit-relocs has kept names symbols by index.
void ImageEdit::renumberRelocations() {
  if (!symbolTableIndex)
    return;
  const uint32_t firstGlobal = image.sections[symbolTableIndex].info;
  const uint32_t shift = addedSymbols.size() + 1;
  const auto renumber = [&]<class Rel>(Rel, const Section &table) {
    for (uint64_t at = 0; at + sizeof(Rel) <= table.size; at += sizeof(Rel)) {
      Rel entry = *reinterpret_cast<const Rel *>(image.bytes.data() +
                                                 table.offset + at);
      const uint32_t symbol = entry.getSymbol(/*isMips64EL=*/false);
      if (symbol < firstGlobal)
        continue;
      entry.setSymbol(symbol + shift, /*isMips64EL=*/false);
      writeOld(table.offset + at,
               Bytes(reinterpret_cast<const uint8_t *>(&entry), sizeof(entry)));
    }
  };
  for (const Section &table : image.sections) {
    if (table.link != symbolTableIndex)
      continue;
    if (table.type == SHT_RELA)
      image.is64 ? renumber(ELF64LE::Rela(), table)
                 : renumber(ELF32LE::Rela(), table);
    else if (table.type == SHT_REL)
      image.is64 ? renumber(ELF64LE::Rel(), table)
                 : renumber(ELF32LE::Rel(), table);
  }
}

} // namespace objprelink
