#include "ImageRewriter/References.h"
#include "ELF/Notes.h"
#include "Target/Target.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Alignment.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

namespace {
class Search {
public:
  Search(const Image &image, const AddressRange &range, uint64_t access)
      : image(image), range(range),
        accessed({range.address - std::min(range.address, access),
                  range.size + std::min(range.address, access)}),
        target(*findTarget(image.machine, image.is64)) {}
  std::optional<std::string> run() const;

private:
  std::optional<std::string> ofSymbols() const;
  std::optional<std::string> ofRelocations() const;
  std::optional<std::string> ofCode() const;
  std::optional<std::string> ofData() const;
  bool isHit(uint64_t address) const {
    return address >= range.address && address <= range.end();
  }
  uint64_t wordAt(uint64_t address) const;

  const Image &image;
  const AddressRange range;
  /// The addresses from which an instruction may read or write in it.
  const AddressRange accessed;
  const Target &target;
};
} // namespace

/// \p whole without \p holes.
static std::vector<AddressRange> without(const AddressRange &whole,
                                         std::vector<AddressRange> holes) {
  llvm::sort(holes, [](const AddressRange &a, const AddressRange &b) {
    return a.address < b.address;
  });
  std::vector<AddressRange> out;
  uint64_t at = whole.address;
  const auto take = [&](uint64_t end) {
    if (at < end)
      out.push_back({at, end - at});
  };
  for (const AddressRange &hole : holes) {
    take(std::min(hole.address, whole.end()));
    at = std::max(at, hole.end());
  }
  take(whole.end());
  return out;
}

/// Memory whose contents are known to be neither code nor data of inputs.
static std::vector<AddressRange> knownContents(const Image &image) {
  std::vector<AddressRange> out = {image.dynamicRange};
  for (uint32_t index : image.loadable)
    if (const Segment &segment = image.segments[index]; !segment.offset)
      out.push_back({segment.address,
                     std::min(segment.fileSize, image.programHeadersEnd())});
  for (const DynamicTable &table : image.tables())
    out.push_back(table.range);
  for (const Segment &segment : image.segments)
    if (is_contained({PT_INTERP, PT_NOTE, PT_GNU_PROPERTY, PT_GNU_EH_FRAME},
                     segment.type))
      out.push_back({segment.address, segment.fileSize});
  for (const Section &section : image.sections)
    if ((section.flags & SHF_ALLOC) &&
        (section.type == SHT_X86_64_UNWIND ||
         is_contained({".eh_frame", ".gcc_except_table"}, image.name(section))))
      out.push_back({section.address, section.size});
  return out;
}

uint64_t Search::wordAt(uint64_t address) const {
  const Bytes word = image.contentsAt(address, target.wordSize);
  if (word.empty())
    return 0;
  return image.is64 ? support::endian::read64le(word.data())
                    : support::endian::read32le(word.data());
}

std::optional<std::string> Search::ofSymbols() const {
  // The value of a thread-local variable is an offset, and no address.
  for (const DynamicSymbol &symbol : image.symbols)
    if (symbol.isInSection() && symbol.type != STT_TLS &&
        (range.contains(symbol.value) ||
         (symbol.value < range.address &&
          symbol.size > range.address - symbol.value)))
      return formatv("symbol '{0}'", image.name(symbol)).str();
  return std::nullopt;
}

std::optional<std::string> Search::ofRelocations() const {
  const auto said = [](uint64_t place) {
    return formatv("the relocation of {0:x}", place).str();
  };
  for (ArrayRef<Relocation> table :
       {ArrayRef(image.relocations), ArrayRef(image.pltRelocations)})
    for (const Relocation &relocation : table) {
      if (relocation.type == target.relative && isHit(relocation.addend))
        return said(relocation.offset);
      const DynamicSymbol &symbol = image.symbols[relocation.symbol];
      if (relocation.symbol && symbol.isInSection() && symbol.type != STT_TLS &&
          relocation.addend && isHit(symbol.value + relocation.addend))
        return said(relocation.offset);
    }
  for (uint64_t place : image.relrPlaces)
    if (isHit(wordAt(place)))
      return said(place);
  return std::nullopt;
}

std::optional<std::string> Search::ofCode() const {
  std::vector<AddressRange> parts;
  for (uint32_t index : image.loadable)
    if (const Segment &segment = image.segments[index]; segment.flags & PF_X)
      append_range(parts, without({segment.address, segment.fileSize},
                                  knownContents(image)));
  SmallVector<uint64_t, 8> gots;
  for (const AddressRange &part : parts)
    target.findGots(image.contentsAt(part.address, part.size), part.address,
                    gots);
  erase_if(gots, [&](uint64_t got) {
    const Segment *segment = image.segmentAt(got);
    return !segment || !(segment->flags & PF_W) || got % target.wordSize;
  });
  if (const std::optional<uint64_t> got = image.dynamicValue(DT_PLTGOT))
    gots.push_back(*got);
  for (const Section &section : image.sections)
    if (is_contained({".got", ".got.plt"}, image.name(section)))
      gots.push_back(section.address);
  for (const AddressRange &part : parts)
    if (const std::optional<uint64_t> place =
            target.findReference(image.contentsAt(part.address, part.size),
                                 part.address, accessed, gots))
      return formatv("code at {0:x}", *place).str();
  return std::nullopt;
}

/// Tables of distances, `.long x - .`, are aligned.
std::optional<std::string> Search::ofData() const {
  constexpr int64_t mostBias = 4;
  const int64_t low = range.address - mostBias, high = range.end() + mostBias;
  std::vector<AddressRange> known = knownContents(image);
  known.push_back(range);
  for (uint32_t index : image.loadable) {
    const Segment &segment = image.segments[index];
    if (segment.flags & PF_X)
      continue;
    for (const AddressRange &part :
         without({segment.address, segment.fileSize}, known)) {
      const uint64_t begin = alignTo(part.address, 4);
      if (begin >= part.end())
        continue;
      const Bytes contents = image.contentsAt(begin, part.end() - begin);
      for (size_t at = 0; at + 4 <= contents.size(); at += 4) {
        const int32_t distance = support::endian::read32le(&contents[at]);
        const int64_t to = int64_t(begin + at) + distance;
        // Nothing refers to itself: padding.
        if (distance && to >= low && to <= high)
          return formatv("data at {0:x}", begin + at).str();
      }
    }
  }
  return std::nullopt;
}

std::optional<std::string> Search::run() const {
  for (auto part : {&Search::ofSymbols, &Search::ofRelocations, &Search::ofCode,
                    &Search::ofData})
    if (std::optional<std::string> found = (this->*part)())
      return found;
  return std::nullopt;
}

std::optional<std::string> References::find(const AddressRange &range) {
  if (range.empty() || any_of(unused, [&](const AddressRange &other) {
        return range.address >= other.address && range.end() <= other.end();
      }))
    return std::nullopt;
  constexpr uint64_t largestAccess = 64;
  std::optional<std::string> found = Search(image, range, largestAccess).run();
  if (!found)
    unused.push_back(range);
  return found;
}

std::optional<std::string>
References::findTable(const AddressRange &table) const {
  if (table.empty())
    return std::nullopt;
  return Search(image, {table.address, 1}, /*access=*/0).run();
}

bool areMovableNotes(const Image &image, const AddressRange &range) {
  constexpr uint32_t packageMetadata = 0xcafe1a7e, dlopenMetadata = 0x407c0c0a;
  bool are = true;
  consumeError(forEachNote(image, [&](const ImageNote &note) -> Error {
    if (!range.contains(note.address))
      return Error::success();
    const StringRef owner = note.owner.rtrim('\0');
    are &= owner == "GNU"
               ? is_contained(
                     {NT_GNU_ABI_TAG, NT_GNU_BUILD_ID, NT_GNU_PROPERTY_TYPE_0},
                     note.type)
               : owner == "FDO" &&
                     is_contained({packageMetadata, dlopenMetadata}, note.type);
    return Error::success();
  }));
  return are;
}

} // namespace objprelink
