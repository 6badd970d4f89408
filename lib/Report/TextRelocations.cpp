#include "Report/TextRelocations.h"
#include "ELF/StaticSymbols.h"
#include "VTable/Names.h"
#include "llvm/ADT/STLExtras.h"
#include <map>

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

namespace {
/// The extent of a section or a symbol.
struct Extent {
  uint64_t begin;
  uint64_t end;
  StringRef name;
  StringRef file; ///< of a local symbol
};
} // namespace

/// All functions and objects by address: those of .symtab, else of .dynsym.
static std::vector<Extent> findExtents(const Image &image) {
  std::vector<Extent> out;
  const auto add = [&](const Symbol &symbol, StringRef name, StringRef file) {
    if (symbol.size && symbol.isInSection() &&
        (symbol.type == STT_FUNC || symbol.type == STT_OBJECT))
      out.push_back({symbol.value, symbol.value + symbol.size, name, file});
  };
  // A table that cannot be read is as good as none here.
  Expected<StaticSymbols> symbols = readStaticSymbols(image);
  if (symbols) {
    StringRef file;
    for (const Symbol symbol : symbols->symbols()) {
      if (symbol.type == STT_FILE)
        file = symbols->name(symbol);
      add(symbol, symbols->name(symbol),
          symbol.binding == STB_LOCAL ? file : StringRef());
    }
  } else {
    consumeError(symbols.takeError());
  }
  if (out.empty())
    for (const DynamicSymbol &symbol : image.symbols)
      add(symbol, image.name(symbol), "");
  return out;
}

static std::vector<Extent> findSections(const Image &image) {
  std::vector<Extent> out;
  for (const Section &section : image.sections)
    if ((section.flags & SHF_ALLOC) && section.size)
      out.push_back({section.address, section.address + section.size,
                     image.name(section), ""});
  return out;
}

static void sortExtents(std::vector<Extent> &extents) {
  llvm::stable_sort(extents, [](const Extent &a, const Extent &b) {
    return a.begin < b.begin;
  });
}

/// The last one that begins at or before \p address, if that is in it.
static Extent extentAt(ArrayRef<Extent> extents, uint64_t address) {
  const auto *after = partition_point(
      extents, [&](const Extent &e) { return e.begin <= address; });
  return after != extents.begin() && std::prev(after)->end > address
             ? *std::prev(after)
             : Extent{};
}

Table textRelocationTable(const Image &image) {
  std::vector<Extent> symbols = findExtents(image);
  std::vector<Extent> sections = findSections(image);
  sortExtents(symbols);
  sortExtents(sections);
  struct Place {
    StringRef section, symbol, file;
    bool operator<(const Place &other) const {
      return std::tie(section, symbol, file) <
             std::tie(other.section, other.symbol, other.file);
    }
  };
  std::map<Place, uint64_t> places;
  const auto add = [&](uint64_t address) {
    const Segment *segment = image.segmentAt(address);
    if (!segment || (segment->flags & PF_W))
      return;
    const Extent symbol = extentAt(symbols, address);
    ++places[{extentAt(sections, address).name, symbol.name, symbol.file}];
  };
  for (const std::vector<Relocation> *table :
       {&image.relocations, &image.pltRelocations})
    for (const Relocation &relocation : *table)
      if (relocation.type)
        add(relocation.offset);
  for (uint64_t place : image.relrPlaces)
    add(place);

  Table table = {"text_relocations",
                 "Text relocations",
                 {{"section", "section"},
                  {"symbol", "in"},
                  {"file", "of"},
                  {"count", "count", Unit::Count}},
                 {},
                 {},
                 false};
  const auto text = [](StringRef s) {
    return s.empty() ? Value() : Value(s.str());
  };
  for (const auto &[place, count] : places)
    table.addRow({text(place.section), text(displayName(place.symbol)),
                  text(place.file), count});
  return table;
}

} // namespace objprelink
