#include "ImageVerifier/Comparison.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

void AddressSet::seal() {
  sort(ranges, [](const AddressRange &a, const AddressRange &b) {
    return a.address < b.address;
  });
  std::vector<AddressRange> joined;
  for (const AddressRange &range : ranges) {
    if (joined.empty() || joined.back().end() < range.address)
      joined.push_back(range);
    else
      joined.back().size =
          std::max(joined.back().end(), range.end()) - joined.back().address;
  }
  ranges = std::move(joined);
}

/// The last range that begins at or below \p address, or null.
const AddressRange *AddressSet::lastFrom(uint64_t address) const {
  const auto next = partition_point(
      ranges, [&](const AddressRange &r) { return r.address <= address; });
  return next == ranges.begin() ? nullptr : &*std::prev(next);
}

bool AddressSet::covers(uint64_t address, uint64_t size) const {
  const AddressRange *range = lastFrom(address);
  return range && range->contains(address) && size <= range->end() - address;
}

bool AddressSet::intersects(uint64_t address, uint64_t size) const {
  if (!size)
    return false;
  const AddressRange *range = lastFrom(address + size - 1);
  return range && range->end() > address;
}

std::optional<uint64_t> Comparison::wordAfter(uint64_t address) const {
  return after.word(address);
}

std::optional<uint64_t> Comparison::wordBefore(uint64_t address) const {
  return before.word(address);
}

bool Comparison::hasFlags(uint64_t address, uint64_t size, uint32_t set,
                          uint32_t clear) const {
  const Segment *segment = after.segmentAt(address, size);
  return segment && (segment->flags & set) == set && !(segment->flags & clear);
}

std::string Comparison::describeSymbol(uint32_t index) const {
  if (index >= before.symbols.size() || !index)
    return formatv("symbol {0}", index);
  const DynamicSymbol &symbol = before.symbols[index];
  const NeededVersion *version = before.neededVersion(symbol.versionIndex());
  return formatv("symbol {0} ({1}{2}{3})", index, before.name(symbol),
                 version ? "@" : "", version ? version->name : "");
}

bool Comparison::isFromElsewhere(uint32_t index) const {
  const DynamicSymbol &symbol = before.symbols[index];
  const NeededVersion *version = before.neededVersion(symbol.versionIndex());
  return symbol.isUndefined() && (version || symbol.type == STT_FUNC) &&
         any_of(before.dynamic, [&](const DynamicEntry &entry) {
           return entry.tag == DT_NEEDED &&
                  (!version || before.string(entry.value) == version->library);
         });
}

/// Where the first of \p ranges that is not before \p address begins.
static uint64_t nextBegin(ArrayRef<AddressRange> ranges, uint64_t address) {
  const auto *next = partition_point(ranges, [&](const AddressRange &range) {
    return range.address < address;
  });
  return next == ranges.end() ? UINT64_MAX : next->address;
}

/// Whether nothing is in \p range, which follows what may be elsewhere: linkers
/// align by up to 15 bytes, and a rewrite before this one may have left more,
/// which is in no section.
static bool isPadding(const Image &image, const AddressRange &range) {
  constexpr uint64_t mostPadding = 15, mostLeft = 64;
  const auto isInSection = [&] {
    return any_of(image.sections, [&](const Section &section) {
      return (section.flags & SHF_ALLOC) && section.size &&
             section.address < range.end() &&
             range.address < section.address + section.size;
    });
  };
  if (range.size > mostLeft ||
      (range.size > mostPadding && (image.sections.empty() || isInSection())))
    return false;
  const Bytes bytes = image.contentsAt(range.address, range.size);
  return !bytes.empty() && all_of(bytes, [](uint8_t b) { return !b; });
}

/// \p set and the few zero bytes that stand between one of its ranges and the
/// next one, or the next of \p kept.
static AddressSet withPadding(const Image &image, AddressSet set,
                              const AddressSet &kept) {
  set.seal();
  AddressSet out;
  for (const AddressRange &range : set.list()) {
    out.add(range);
    const uint64_t gap = std::min(nextBegin(set.list(), range.end()),
                                  nextBegin(kept.list(), range.end())) -
                         range.end();
    if (isPadding(image, {range.end(), gap}))
      out.add({range.end(), gap});
  }
  out.seal();
  return out;
}

/// What headers alone lead to, and may be elsewhere afterwards.
static bool isFoundByHeaders(const Segment &segment) {
  return is_contained({PT_INTERP, PT_NOTE, PT_GNU_PROPERTY}, segment.type);
}

/// Adds what no header describes any more where it was: a header may have been
/// given up, and one may describe several notes now.
static void addMoved(const Comparison &c, AddressSet &set) {
  const auto isThere = [&](const Segment &old) {
    return any_of(c.after.segments, [&](const Segment &now) {
      return isFoundByHeaders(now) && now.address == old.address &&
             now.fileSize == old.fileSize;
    });
  };
  for (const Segment &old : c.before.segments)
    if (isFoundByHeaders(old) && !isThere(old) &&
        !c.before.contentsAt(old.address, old.fileSize).empty())
      set.add({old.address, old.fileSize});
}

void findFreedMemory(Comparison &c) {
  const Image &before = c.before, &after = c.after;
  // A table may find room of others where it was.
  AddressSet freed, kept;
  for (const AddressRange &table :
       {before.relocationTable, before.pltRelocationTable, before.relrTable})
    freed.add(table);
  for (const auto &[was, is] :
       {std::pair(before.stringTable, after.stringTable),
        std::pair(before.neededVersionTable, after.neededVersionTable),
        std::pair(before.symbolTable, after.symbolTable),
        std::pair(before.versionTable, after.versionTable),
        std::pair(before.hashTable, after.hashTable),
        std::pair(before.gnuHashTable, after.gnuHashTable)})
    (was.address != is.address ? freed : kept).add(was);
  kept.seal();
  // A string may have been added in front of what has moved.
  if (after.stringTable.address == before.stringTable.address &&
      after.stringTable.size > before.stringTable.size)
    freed.add(before.stringTable);
  addMoved(c, freed);
  c.freed = withPadding(before, freed, kept);

  // Between the headers and the first section there may be remains of what
  // patchelf has moved.
  AddressSet headerTables = c.freed;
  const uint64_t headersEnd = before.programHeadersEnd();
  uint64_t first = UINT64_MAX;
  for (const Section &section : before.sections)
    if ((section.flags & SHF_ALLOC) && section.size && section.offset &&
        section.offset >= headersEnd)
      first = std::min(first, section.offset);
  for (uint32_t index : before.loadable) {
    const Segment &segment = before.segments[index];
    if (headersEnd >= segment.offset && first > headersEnd &&
        first <= segment.offset + segment.fileSize)
      headerTables.add(
          {headersEnd - segment.offset + segment.address, first - headersEnd});
  }
  // Linkers reserve headers that they do not need: PT_PHDR has them all.
  for (const Segment &segment : before.segments) {
    const uint64_t used = headersEnd - before.segmentTableOffset;
    if (segment.type != PT_PHDR ||
        segment.offset != before.segmentTableOffset || segment.fileSize <= used)
      continue;
    const AddressRange reserve = {segment.address + used,
                                  segment.fileSize - used};
    const Bytes bytes = before.contentsAt(reserve.address, reserve.size);
    if (!bytes.empty() && all_of(bytes, [](uint8_t b) { return !b; }))
      headerTables.add(reserve);
  }
  c.headerTables = withPadding(before, headerTables, kept);

  // The headers are in memory where a segment has their part of the file.
  AddressSet structural = c.headerTables;
  const uint64_t headerSize = before.is64 ? 64 : 52;
  for (uint32_t index : before.loadable) {
    const Segment &segment = before.segments[index];
    for (const AddressRange &inFile :
         {AddressRange{0, headerSize},
          AddressRange{before.segmentTableOffset,
                       headersEnd - before.segmentTableOffset}}) {
      const uint64_t begin = std::max(inFile.address, segment.offset);
      const uint64_t end =
          std::min(inFile.end(), segment.offset + segment.fileSize);
      if (begin < end)
        structural.add({begin - segment.offset + segment.address, end - begin});
    }
  }
  structural.add(before.dynamicRange);
  c.structural = withPadding(before, structural, kept);

  AddressSet notCode = c.structural;
  for (const DynamicTable &table : before.tables())
    notCode.add(table.range);
  for (const Segment &segment : before.segments)
    if (is_contained({PT_INTERP, PT_NOTE, PT_GNU_EH_FRAME}, segment.type))
      notCode.add({segment.address, segment.fileSize});
  for (const Section &section : before.sections)
    if ((section.flags & SHF_ALLOC) && section.hasBytes() &&
        !(section.flags & SHF_EXECINSTR))
      notCode.add({section.address, section.size});
  notCode.seal();
  c.notCode = notCode;
}

} // namespace objprelink
