#include "ImageEdit/References.h"
#include "ELF/Fields.h"
#include "ELF/Notes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Alignment.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Parallel.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

/// An instruction that reads so much may begin before what it reads.
static constexpr uint64_t kLargestAccess = 64;
/// A distance may count from the end of its field.
static constexpr uint64_t kMostBias = 4;

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

References::References(const Image &image, MachineCode machine)
    : image(image), machine(std::move(machine)) {
  const auto ask = [&](const AddressRange &range) {
    if (range.empty())
      return;
    const uint64_t before = std::min(range.address, kLargestAccess);
    asked.push_back({range.address - before, range.size + before + kMostBias});
  };
  for (const DynamicTable &table : image.tables())
    ask(table.range);
  for (const Segment &segment : image.segments) {
    if (is_contained({PT_INTERP, PT_NOTE, PT_GNU_PROPERTY}, segment.type))
      ask({segment.address, segment.fileSize});
    // A longer table takes less.
    if (segment.type == PT_LOAD && !segment.offset)
      ask({segment.address + image.programHeadersEnd(), Image::kPageSize});
  }
  llvm::sort(asked, [](const AddressRange &a, const AddressRange &b) {
    return a.address < b.address;
  });
  if (!asked.empty()) {
    hull.address = asked.front().address;
    for (const AddressRange &range : asked)
      hull.size = std::max(hull.size, range.end() - hull.address);
  }
}

void References::add(std::vector<Reference> &out, uint64_t to, uint64_t place,
                     Kind kind) const {
  if (!mayBeAsked(to))
    return;
  for (const AddressRange &range : asked) {
    if (range.address > to)
      return;
    if (to <= range.end()) {
      out.push_back({to, place, kind});
      return;
    }
  }
}

void References::addRelocations(std::vector<Reference> &out) const {
  for (ArrayRef<Relocation> table :
       {ArrayRef(image.relocations), ArrayRef(image.pltRelocations)})
    for (const Relocation &relocation : table) {
      const DynamicSymbol &symbol = image.symbols[relocation.symbol];
      if (relocation.type == machine.kinds.relative)
        add(out, relocation.addend, relocation.offset, Kind::Relocation);
      else if (relocation.symbol && relocation.addend && symbol.isInSection() &&
               symbol.type != STT_TLS)
        add(out, symbol.value + relocation.addend, relocation.offset,
            Kind::Relocation);
    }
  for (uint64_t place : image.relrPlaces)
    if (const std::optional<uint64_t> word = image.word(place))
      add(out, *word, place, Kind::Relocation);
}

/// Pieces of code and data that are searched by one thread each. They overlap
/// by more than the longest instruction, which may be of two pieces.
static std::vector<AddressRange> cutIntoPieces(ArrayRef<AddressRange> parts) {
  constexpr uint64_t size = uint64_t(1) << 20, overlap = 16;
  std::vector<AddressRange> out;
  for (const AddressRange &part : parts)
    for (uint64_t at = 0; at < part.size; at += size)
      out.push_back(
          {part.address + at, std::min(size + overlap, part.size - at)});
  return out;
}

void References::searchParts(
    ArrayRef<AddressRange> parts, std::vector<Reference> &out,
    function_ref<void(const AddressRange &, std::vector<Reference> &)> search)
    const {
  const std::vector<AddressRange> pieces = cutIntoPieces(parts);
  std::vector<std::vector<Reference>> found(pieces.size());
  parallelFor(0, pieces.size(), [&](size_t i) { search(pieces[i], found[i]); });
  for (const std::vector<Reference> &some : found)
    append_range(out, some);
}

void References::addCode(std::vector<Reference> &out) const {
  std::vector<AddressRange> parts;
  for (uint32_t index : image.loadable)
    if (const Segment &segment = image.segments[index]; segment.flags & PF_X)
      append_range(parts, without({segment.address, segment.fileSize},
                                  knownContents(image)));
  SmallVector<uint64_t, 8> gots;
  for (const AddressRange &part : parts)
    machine.findGots(image.contentsAt(part.address, part.size), part.address,
                     gots);
  erase_if(gots, [&](uint64_t got) {
    const Segment *segment = image.segmentAt(got);
    return !segment || !(segment->flags & PF_W) || got % image.wordSize();
  });
  if (const std::optional<uint64_t> got = image.dynamicValue(DT_PLTGOT))
    gots.push_back(*got);
  for (const Section &section : image.sections)
    if (is_contained({".got", ".got.plt"}, image.name(section)))
      gots.push_back(section.address);
  llvm::sort(gots);
  gots.erase(llvm::unique(gots), gots.end());
  searchParts(parts, out, [&](const AddressRange &part, auto &some) {
    machine.findReferences(image.contentsAt(part.address, part.size),
                           part.address, hull, gots,
                           [&](uint64_t to, uint64_t place) {
                             add(some, to, place, Kind::Code);
                             // An immediate may follow.
                             add(some, to + kMostBias, place, Kind::Code);
                           });
  });
}

/// Tables of distances, `.long x - .`, are aligned.
void References::addData(std::vector<Reference> &out) const {
  const std::vector<AddressRange> known = knownContents(image);
  std::vector<AddressRange> parts;
  for (uint32_t index : image.loadable)
    if (const Segment &segment = image.segments[index]; !(segment.flags & PF_X))
      append_range(parts, without({segment.address, segment.fileSize}, known));
  searchParts(parts, out, [&](const AddressRange &part, auto &some) {
    const uint64_t begin = alignTo(part.address, 4);
    if (begin >= part.end())
      return;
    const Bytes contents = image.contentsAt(begin, part.end() - begin);
    forEachDistance(contents, begin, hull, FieldsAt::MultiplesOf4,
                    [&](size_t at, uint64_t to) {
                      // Nothing refers to itself: padding.
                      if (to != begin + at)
                        add(some, to, begin + at, Kind::Data);
                    });
  });
}

void References::collect() {
  if (references)
    return;
  references.emplace();
  addCode(*references);
  addData(*references);
  addRelocations(*references);
  llvm::sort(*references, [](const Reference &a, const Reference &b) {
    return std::pair(a.to, a.place) < std::pair(b.to, b.place);
  });
}

std::optional<std::string> References::search(const AddressRange &range,
                                              uint64_t access) {
  // The value of a thread-local variable is an offset, and no address.
  for (const DynamicSymbol &symbol : image.symbols)
    if (symbol.isInSection() && symbol.type != STT_TLS &&
        (range.contains(symbol.value) ||
         (symbol.value < range.address &&
          symbol.size > range.address - symbol.value)))
      return formatv("symbol '{0}'", image.name(symbol)).str();
  collect();
  const uint64_t first = range.address - std::min(range.address, access);
  for (auto next = llvm::lower_bound(
           *references, first,
           [](const Reference &r, uint64_t to) { return r.to < to; });
       next != references->end() && next->to <= range.end() + kMostBias;
       ++next) {
    const bool isNear =
        next->kind != Kind::Relocation && !range.contains(next->place) &&
        (next->kind == Kind::Data ? next->to + kMostBias >= range.address
                                  : next->to <= range.end());
    if (next->kind == Kind::Relocation && next->to >= range.address &&
        next->to <= range.end())
      return formatv("the relocation of {0:x}", next->place).str();
    if (isNear)
      return formatv("{0} at {1:x}", next->kind == Kind::Code ? "code" : "data",
                     next->place)
          .str();
  }
  return std::nullopt;
}

std::optional<std::string> References::find(const AddressRange &range) {
  return range.empty() ? std::nullopt : search(range, kLargestAccess);
}

std::optional<std::string> References::findTable(const AddressRange &table) {
  return table.empty() ? std::nullopt
                       : search({table.address, 1}, /*access=*/0);
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
