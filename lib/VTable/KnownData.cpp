#include "VTable/KnownData.h"
#include "ELF/StaticSymbols.h"
#include "Support/SortByNumber.h"
#include "VTable/Names.h"
#include "llvm/ADT/STLExtras.h"
#include <cstring>
#include <limits>
#include <tuple>

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

uint64_t KnownData::unknownUntil(uint64_t address) const {
  const auto after = partition_point(ranges, [&](const AddressRange &range) {
    return range.address <= address;
  });
  if (after != ranges.begin() && std::prev(after)->contains(address))
    return address;
  return after == ranges.end() ? std::numeric_limits<uint64_t>::max()
                               : after->address;
}

namespace {
class Collector {
public:
  Collector(const Image &image, unsigned wordSize)
      : image(image), wordSize(wordSize) {}
  Error addSymbols();
  void addHeaders();
  KnownData finish();

private:
  void addSymbol(const Symbol &symbol, Bytes names, bool mayBeVTable);
  void addRange(uint64_t begin, uint64_t size);

  const Image &image;
  const unsigned wordSize;
  KnownData out;
};
} // namespace

void Collector::addRange(uint64_t begin, uint64_t size) {
  const uint64_t most = std::numeric_limits<uint64_t>::max() - begin;
  out.ranges.push_back({begin, std::min(size, most)});
}

/// The beginning of the name of \p symbol, at most \p longest characters: many
/// symbols may share a name as long as the file.
static StringRef nameOf(const Symbol &symbol, Bytes names, size_t longest) {
  const char *name =
      reinterpret_cast<const char *>(names.data()) + symbol.nameOffset;
  return StringRef(name, strnlen(name, longest));
}

void Collector::addSymbol(const Symbol &symbol, Bytes names, bool mayBeVTable) {
  addRange(symbol.value, symbol.size);
  // A table that is copied into a program's .bss has no contents.
  if (mayBeVTable && symbol.type == STT_OBJECT && symbol.size &&
      symbol.value % wordSize == 0 && symbol.size % wordSize == 0 &&
      isVTableName(nameOf(symbol, names, 8)) &&
      !image.contentsAt(symbol.value, symbol.size).empty())
    out.vtables.push_back({symbol.value, symbol.value + symbol.size,
                           nameOf(symbol, names, ImageVTable::kLongestName),
                           Evidence::Symbol});
}

/// Whether \p symbol is of data that the image defines. Symbols without a type
/// are mostly marks that linker scripts set.
static bool isData(const Symbol &symbol) {
  return symbol.isInSection() &&
         (symbol.type == STT_OBJECT || symbol.type == STT_NOTYPE);
}

/// Whether data of a program can stand in \p section, relocations applied.
static bool holdsData(const Section &section) {
  return section.type == SHT_PROGBITS && (section.flags & SHF_ALLOC) &&
         !(section.flags & (SHF_EXECINSTR | SHF_TLS));
}

/// Whether \p symbol lies in the section that it says it is in: tools that move
/// sections forget about .symtab.
static bool agrees(const Symbol &symbol, const Section &section) {
  return holdsData(section) && symbol.value >= section.address &&
         symbol.value - section.address <= section.size &&
         symbol.size <= section.size - (symbol.value - section.address);
}

Error Collector::addSymbols() {
  for (const DynamicSymbol &symbol : image.symbols)
    if (isData(symbol))
      addSymbol(symbol, image.strings, true);
  Expected<StaticSymbols> statics = readStaticSymbols(image);
  if (!statics)
    return statics.takeError();
  for (const Symbol symbol : statics->symbols())
    if (isData(symbol))
      addSymbol(symbol, statics->names,
                agrees(symbol, image.sections[symbol.section]));
  return Error::success();
}

/// Nothing of a C++ compiler's is in the loader's tables, and nothing of it
/// goes on past the end of a section.
void Collector::addHeaders() {
  for (const Section &section : image.sections) {
    // .tbss has an address and a size but takes no room.
    if (!(section.flags & SHF_ALLOC) ||
        (section.type == SHT_NOBITS && (section.flags & SHF_TLS)))
      continue;
    addRange(section.address, holdsData(section) ? 0 : section.size);
    if (section.size <= std::numeric_limits<uint64_t>::max() - section.address)
      addRange(section.address + section.size, 0);
  }
  for (const Segment &segment : image.segments)
    if (segment.type == PT_TLS)
      addRange(segment.address, segment.fileSize);
  addRange(image.dynamicRange.address, image.dynamicRange.size);
  for (auto [array, size] : {std::pair(DT_PREINIT_ARRAY, DT_PREINIT_ARRAYSZ),
                             std::pair(DT_INIT_ARRAY, DT_INIT_ARRAYSZ),
                             std::pair(DT_FINI_ARRAY, DT_FINI_ARRAYSZ)})
    if (const std::optional<uint64_t> address = image.dynamicValue(array))
      addRange(*address, image.dynamicValue(size).value_or(0));
}

KnownData Collector::finish() {
  // Of two sizes the smaller is what both say; of two names, that of .dynsym
  // stands first in the file.
  llvm::sort(out.vtables, [](const ImageVTable &a, const ImageVTable &b) {
    return std::tuple(a.begin, a.end, a.name.data()) <
           std::tuple(b.begin, b.end, b.name.data());
  });
  out.vtables.erase(std::unique(out.vtables.begin(), out.vtables.end(),
                                [](const ImageVTable &a, const ImageVTable &b) {
                                  return b.begin < a.end;
                                }),
                    out.vtables.end());

  sortByNumber(out.ranges,
               [](const AddressRange &range) { return range.address; });
  size_t kept = 0;
  for (const AddressRange &range : out.ranges) {
    AddressRange *last = kept ? &out.ranges[kept - 1] : nullptr;
    if (last && (range.address < last->end() ||
                 (range.address == last->address && last->empty())))
      last->size = std::max(last->end(), range.end()) - last->address;
    else
      out.ranges[kept++] = range;
  }
  out.ranges.resize(kept);
  return std::move(out);
}

Expected<KnownData> findKnownData(const Image &image, unsigned wordSize) {
  Collector collector(image, wordSize);
  if (Error e = collector.addSymbols())
    return e;
  collector.addHeaders();
  return collector.finish();
}

} // namespace objprelink
