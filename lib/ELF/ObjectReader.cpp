//===- ObjectReader.cpp - ELF bytes to Object -----------------------------===//
//
// This is the one place that trusts nothing. LLVM's ELFFile checks lazily, at
// each access, and its iterators abort on some inputs; here everything that
// later code relies on is checked once, in the order in which it is needed, so
// that later code can index without asking. LLVM's ELFTypes.h supplies the
// layouts.
//
//===----------------------------------------------------------------------===//

#include "ELF/ObjectReader.h"
#include "ELF/SectionTable.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Object/ELFTypes.h"
#include <cstring>
#include <tuple>

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

/// The string at \p offset of a string table that was validated.
static const char *stringAt(const Object &object, uint32_t table,
                            uint32_t offset) {
  return reinterpret_cast<const char *>(object.bytes.data()) +
         object.sections[table].offset + offset;
}

StringRef Object::name(const Section &section) const {
  return stringAt(*this, sectionNamesIndex, section.nameOffset);
}

StringRef Object::name(const Symbol &symbol) const {
  return stringAt(*this, symbolNamesIndex, symbol.nameOffset);
}

bool Object::nameStartsWith(const Symbol &symbol, StringRef prefix) const {
  return std::strncmp(stringAt(*this, symbolNamesIndex, symbol.nameOffset),
                      prefix.data(), prefix.size()) == 0;
}

std::string Object::describe(uint32_t index) const {
  return formatv("section {0} ({1})", index, name(sections[index]));
}

namespace {
template <class ELFT> class Reader {
public:
  explicit Reader(Bytes bytes) { object.bytes = bytes; }
  Expected<Object> read();

private:
  using Ehdr = typename ELFT::Ehdr;
  using Shdr = typename ELFT::Shdr;
  using Sym = typename ELFT::Sym;

  Error readHeader();
  Error readSections();
  void sortByOffset();
  Error checkOverlaps() const;
  Error findTables();
  Error readSymbols();

  Object object;
};
} // namespace

template <class ELFT> Error Reader<ELFT>::readHeader() {
  if (object.bytes.size() < sizeof(Ehdr))
    return error("truncated ELF header: {0} bytes of {1}", object.bytes.size(),
                 sizeof(Ehdr));
  const auto &header = *reinterpret_cast<const Ehdr *>(object.bytes.data());
  object.is64 = ELFT::Is64Bits;
  object.machine = header.e_machine;
  if (header.e_version != EV_CURRENT)
    return error("unknown ELF version {0}", uint32_t(header.e_version));
  if (header.e_ehsize != sizeof(Ehdr))
    return error("e_ehsize is {0}, not {1}", uint32_t(header.e_ehsize),
                 sizeof(Ehdr));
  if (header.e_phnum)
    return error("a relocatable object with {0} program headers",
                 uint32_t(header.e_phnum));
  return Error::success();
}

template <class ELFT> Error Reader<ELFT>::readSections() {
  Expected<SectionTable> table = readSectionTable(object.bytes, object.is64);
  if (!table)
    return table.takeError();
  object.sectionTableOffset = table->offset;
  object.sectionNamesIndex = table->namesIndex;
  object.sections = std::move(table->sections);
  return Error::success();
}

template <class ELFT> void Reader<ELFT>::sortByOffset() {
  // Assemblers and linkers write relocation sections behind all others and
  // both kinds in the order of their indices: two sorted halves, in which a
  // general sort would find that out at some length.
  using Key = std::tuple<uint64_t, bool, uint32_t>;
  std::vector<Key> halves[2];
  for (std::vector<Key> &half : halves)
    half.reserve(object.sections.size());
  for (auto [index, section] : enumerate(object.sections))
    if (section.type != SHT_NULL && section.offset <= object.bytes.size())
      // An empty section shares its offset with what follows it.
      halves[section.isRelocations()].emplace_back(
          section.offset, section.hasBytes() && section.size, index);
  for (std::vector<Key> &half : halves)
    if (!llvm::is_sorted(half))
      llvm::sort(half);
  std::vector<Key> order(halves[0].size() + halves[1].size());
  std::merge(halves[0].begin(), halves[0].end(), halves[1].begin(),
             halves[1].end(), order.begin());
  object.fileOrder.reserve(order.size());
  for (const Key &key : order)
    object.fileOrder.push_back(std::get<uint32_t>(key));
}

/// Sections are laid out anew, so no byte may belong to two.
template <class ELFT> Error Reader<ELFT>::checkOverlaps() const {
  const uint64_t tableEnd =
      object.sectionTableOffset + object.sections.size() * sizeof(Shdr);
  uint64_t end = sizeof(Ehdr);
  for (uint32_t index : object.fileOrder) {
    const Section &section = object.sections[index];
    if (!section.hasBytes() || !section.size)
      continue;
    const uint64_t sectionEnd = section.offset + section.size;
    if (section.offset < end)
      return error("{0} at {1:x} overlaps what stands before it",
                   object.describe(index), section.offset);
    if (section.offset < tableEnd && object.sectionTableOffset < sectionEnd)
      return error("{0} at {1:x} overlaps the section header table",
                   object.describe(index), section.offset);
    end = sectionEnd;
  }

  // Signed kernel modules and the like: the signature would not survive.
  const Bytes rest = object.bytes.drop_front(std::max(end, tableEnd));
  if (llvm::any_of(rest, [](uint8_t byte) { return byte && byte != '\n'; }))
    return error("{0} bytes of unknown data follow the last section",
                 rest.size());
  return Error::success();
}

template <class ELFT> Error Reader<ELFT>::findTables() {
  for (auto [index, section] : enumerate(object.sections)) {
    if (section.type != SHT_SYMTAB)
      continue;
    if (object.symbolTableIndex)
      return error("{0}: a second symbol table", object.describe(index));
    object.symbolTableIndex = index;
  }
  if (!object.symbolTableIndex)
    return Error::success();

  const Section &table = object.sections[object.symbolTableIndex];
  if (table.entrySize != sizeof(Sym) || table.size % sizeof(Sym) || !table.size)
    return error("{0}: {1:x} bytes in entries of {2}, not {3}",
                 object.describe(object.symbolTableIndex), table.size,
                 table.entrySize, sizeof(Sym));
  if (table.info > table.size / sizeof(Sym))
    return error("{0}: sh_info {1} is past the end ({2} symbols)",
                 object.describe(object.symbolTableIndex), table.info,
                 table.size / sizeof(Sym));
  if (Expected<Bytes> names =
          readStringTable(object.bytes, object.sections, table.link);
      !names)
    return inContext(object.describe(object.symbolTableIndex),
                     names.takeError());
  object.symbolNamesIndex = table.link;

  for (auto [index, section] : enumerate(object.sections)) {
    if (section.type != SHT_SYMTAB_SHNDX ||
        section.link != object.symbolTableIndex)
      continue;
    if (object.extendedIndicesIndex)
      return error("{0}: a second table of extended section indices",
                   object.describe(index));
    if (section.size != table.size / sizeof(Sym) * sizeof(uint32_t))
      return error("{0}: {1:x} bytes for {2} symbols", object.describe(index),
                   section.size, table.size / sizeof(Sym));
    object.extendedIndicesIndex = index;
  }
  return Error::success();
}

template <class ELFT> Error Reader<ELFT>::readSymbols() {
  if (!object.symbolTableIndex)
    return Error::success();
  const Section &table = object.sections[object.symbolTableIndex];
  const uint64_t sectionCount = object.sections.size();
  const uint64_t namesSize = object.sections[object.symbolNamesIndex].size;
  const ArrayRef symbols(
      reinterpret_cast<const Sym *>(object.contents(table).data()),
      table.size / sizeof(Sym));
  const auto *extended = reinterpret_cast<const typename ELFT::Word *>(
      object.contents(object.sections[object.extendedIndicesIndex]).data());

  object.symbols.resize(symbols.size());
  for (auto [index, entry, symbol] : enumerate(symbols, object.symbols)) {
    decodeSymbol(entry, symbol);
    if (entry.st_shndx == SHN_XINDEX && object.extendedIndicesIndex)
      symbol.section = extended[index];
    if (symbol.section >= sectionCount && symbol.section < Symbol::kReserved)
      return error("{0}: symbol {1}: section index {2} is past the end ({3} "
                   "sections)",
                   object.describe(object.symbolTableIndex), index,
                   symbol.section, sectionCount);
    if (symbol.nameOffset >= namesSize)
      return error("{0}: symbol {1}: name offset {2:x} is past the end of the "
                   "names ({3:x} bytes)",
                   object.describe(object.symbolTableIndex), index,
                   symbol.nameOffset, namesSize);
  }
  return Error::success();
}

template <class ELFT> Expected<Object> Reader<ELFT>::read() {
  if (Error e = readHeader())
    return e;
  if (Error e = readSections())
    return e;
  sortByOffset();
  if (Error e = checkOverlaps())
    return e;
  if (Error e = findTables())
    return e;
  if (Error e = readSymbols())
    return e;
  return std::move(object);
}

Expected<Object> readObject(Bytes bytes) {
  if (bytes.size() > EI_CLASS && bytes[EI_CLASS] == ELFCLASS64)
    return Reader<object::ELF64LE>(bytes).read();
  return Reader<object::ELF32LE>(bytes).read();
}

} // namespace objprelink
