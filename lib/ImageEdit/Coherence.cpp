#include "ImageEdit/Coherence.h"
#include "Support/Diagnostics.h"
#include "Support/SortByNumber.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Object/ELFTypes.h"

using namespace llvm;
using namespace llvm::ELF;
using namespace llvm::object;

namespace objprelink {

/// How much of memory a relocation writes to, of types that are no word's.
static constexpr uint64_t kSmallestPlace = 4;

namespace {
/// A range of memory or of the file that is one thing.
struct Part {
  std::string name;
  AddressRange range;
  /// Notes may be in two segments, in the smaller one whole.
  bool isNote = false;
};

class Checker {
public:
  Checker(const Image &image, const MachineCode &machine)
      : image(image), machine(machine) {}
  Error run() const;

private:
  Error checkReadable() const;
  Error checkTables() const;
  Error checkPlaces() const;
  Error checkEmptySections() const;
  Error checkLoadedSections() const;
  Error checkSectionsOfTables() const;
  Error checkTableNames() const;
  Error checkOtherSections() const;
  uint64_t placeSize(uint32_t type) const;
  std::vector<Part> tables() const;
  std::vector<Part> targets() const;

  const Image &image;
  const MachineCode &machine;
};
} // namespace

/// With \p unit, "address" or "offset", for the message.
static Error checkDisjoint(std::vector<Part> parts, StringRef unit) {
  erase_if(parts, [](const Part &part) { return part.range.empty(); });
  llvm::sort(parts, [](const Part &a, const Part &b) {
    return std::pair(a.range.address, b.range.size) <
           std::pair(b.range.address, a.range.size);
  });
  const Part *last = nullptr;
  for (const Part &part : parts) {
    if (last && part.range.address < last->range.end() &&
        !(part.isNote && last->isNote && part.range.end() <= last->range.end()))
      return error("{0}, {1:x} bytes at {2} {3:x}, overlaps {4}, {5:x} bytes "
                   "at {6:x}",
                   part.name, part.range.size, unit, part.range.address,
                   last->name, last->range.size, last->range.address);
    if (!last || part.range.end() > last->range.end())
      last = &part;
  }
  return Error::success();
}

/// What the dynamic table and the program headers lead to, and no code does.
std::vector<Part> Checker::tables() const {
  std::vector<Part> out = {{"PT_DYNAMIC", image.dynamicRange}};
  for (const DynamicTable &table : image.tables())
    out.push_back({dynamicTagName(table.tag), table.range});
  for (auto [index, segment] : enumerate(image.segments)) {
    if (is_contained(
            {PT_NULL, PT_LOAD, PT_DYNAMIC, PT_PHDR, PT_TLS, PT_GNU_RELRO},
            segment.type))
      continue;
    Part part = {formatv("program header {0}", index),
                 {segment.address, segment.fileSize}};
    part.isNote = segment.type == PT_NOTE || segment.type == PT_GNU_PROPERTY;
    out.push_back(std::move(part));
  }
  if (const auto got = image.dynamicValue(DT_PLTGOT);
      got && !image.isBindNow && !image.pltRelocations.empty())
    out.push_back({"DT_PLTGOT", {*got, 3 * image.wordSize()}});
  // The headers, where they are in memory.
  for (uint32_t index : image.loadable) {
    const Segment &segment = image.segments[index];
    if (!segment.offset && segment.fileSize)
      out.push_back({"the ELF header",
                     {segment.address, image.is64 ? sizeof(ELF64LE::Ehdr)
                                                  : sizeof(ELF32LE::Ehdr)}});
    if (image.segmentTableOffset >= segment.offset &&
        image.segmentTableOffset - segment.offset < segment.fileSize)
      out.push_back(
          {"the program header table",
           {segment.address + (image.segmentTableOffset - segment.offset),
            image.programHeadersSize()}});
  }
  return out;
}

/// What else they lead to, and stays where it is.
std::vector<Part> Checker::targets() const {
  std::vector<Part> out;
  for (const Segment &segment : image.segments)
    if (segment.type == PT_TLS)
      out.push_back({"PT_TLS", {segment.address, segment.fileSize}});
  for (const auto &[tag, sizeTag] :
       {std::pair(DT_INIT_ARRAY, DT_INIT_ARRAYSZ),
        std::pair(DT_FINI_ARRAY, DT_FINI_ARRAYSZ),
        std::pair(DT_PREINIT_ARRAY, DT_PREINIT_ARRAYSZ)})
    if (const auto address = image.dynamicValue(tag))
      out.push_back({dynamicTagName(tag),
                     {*address, image.dynamicValue(sizeTag).value_or(0)}});
  for (int64_t tag : {DT_INIT, DT_FINI})
    if (const auto address = image.dynamicValue(tag))
      out.push_back({dynamicTagName(tag), {*address, 1}});
  return out;
}

Error Checker::checkTables() const {
  std::vector<Part> parts = tables();
  append_range(parts, targets());
  if (Error e = checkDisjoint(std::move(parts), "address"))
    return e;
  for (const Segment &segment : image.segments) {
    if (segment.type != PT_PHDR)
      continue;
    const Bytes contents = image.contentsAt(segment.address, segment.fileSize);
    if (contents.empty() || uint64_t(contents.data() - image.bytes.data()) !=
                                image.segmentTableOffset)
      return error("PT_PHDR: the program headers are not at address {0:x}",
                   segment.address);
  }
  // What may move has no memory but the file's.
  for (auto [index, segment] : enumerate(image.segments))
    if (is_contained({PT_INTERP, PT_NOTE, PT_GNU_PROPERTY}, segment.type) &&
        segment.memorySize != segment.fileSize)
      return error("program header {0}: {1:x} bytes in memory, {2:x} in the "
                   "file",
                   index, segment.memorySize, segment.fileSize);
  // ld.so does not look at its size in the file, but other readers do.
  for (auto [index, segment] : enumerate(image.segments))
    if (segment.type == PT_GNU_RELRO && segment.fileSize &&
        image.contentsAt(segment.address, segment.fileSize).empty())
      return error("program header {0} (PT_GNU_RELRO): {1:x} bytes at {2:x} "
                   "are not in the file",
                   index, segment.fileSize, segment.address);
  // ld.so ignores the other's.
  const int64_t foreign = image.hasAddends ? DT_RELCOUNT : DT_RELACOUNT;
  if (image.dynamicValue(foreign))
    return error("{0} is not that of the relocations", dynamicTagName(foreign));
  return Error::success();
}

uint64_t Checker::placeSize(uint32_t type) const {
  return is_contained(machine.wordRelocations, type) ? image.wordSize()
                                                     : kSmallestPlace;
}

/// Nothing in a table is relocated, and each place once.
Error Checker::checkPlaces() const {
  std::vector<AddressRange> places;
  places.reserve(image.relrPlaces.size() + image.relocations.size() +
                 image.pltRelocations.size());
  for (uint64_t place : image.relrPlaces)
    places.push_back({place, image.wordSize()});
  for (ArrayRef<Relocation> table :
       {ArrayRef(image.relocations), ArrayRef(image.pltRelocations)})
    for (const Relocation &relocation : table)
      if (relocation.type)
        places.push_back({relocation.offset, placeSize(relocation.type)});
  sortByNumber(places, [](const AddressRange &place) { return place.address; });
  // Words may be added behind what is in the file.
  AddressRange file;
  for (const AddressRange &place : places) {
    if (!file.contains(place.address)) {
      file = {place.address, image.contentsFrom(place.address).size()};
      if (file.empty())
        continue;
    }
    if (file.end() - place.address < place.size)
      return error("the relocation of {0:x} runs past the end of its segment",
                   place.address);
  }
  for (size_t i = 1; i < places.size(); ++i)
    if (places[i].address - places[i - 1].address < places[i - 1].size)
      return error("the relocations of {0:x} and {1:x} overlap",
                   places[i - 1].address, places[i].address);
  // None overlaps the next, so that the first one that ends past the beginning
  // of a table is the first that could be in it.
  for (const Part &part : tables()) {
    const auto place = partition_point(places, [&](const AddressRange &range) {
      return range.address < part.range.address &&
             part.range.address - range.address >= range.size;
    });
    if (place != places.end() && place->address < part.range.end())
      return error("the relocation of {0:x} is in {1}, {2:x} bytes at {3:x}",
                   place->address, part.name, part.range.size,
                   part.range.address);
  }
  return Error::success();
}

/// The headers of sections follow what moves from where they begin, so none
/// that has no bytes in the file begins in what may move.
Error Checker::checkEmptySections() const {
  std::vector<Part> parts;
  for (const DynamicTable &table : image.tables())
    parts.push_back({dynamicTagName(table.tag), table.range});
  for (auto [index, segment] : enumerate(image.segments))
    if (is_contained({PT_INTERP, PT_NOTE, PT_GNU_PROPERTY}, segment.type))
      parts.push_back({formatv("program header {0}", index),
                       {segment.address, segment.fileSize}});
  // They overlap only where notes are in two segments, the longer one first.
  llvm::sort(parts, [](const Part &a, const Part &b) {
    return std::pair(a.range.address, b.range.size) <
           std::pair(b.range.address, a.range.size);
  });
  uint64_t end = 0;
  erase_if(parts, [&](const Part &part) {
    const bool isInside = part.range.end() <= end;
    end = std::max(end, part.range.end());
    return isInside || part.range.empty();
  });
  for (auto [index, section] : enumerate(image.sections)) {
    if (!(section.flags & SHF_ALLOC) || section.hasBytes() || !section.size)
      continue;
    const auto part = partition_point(parts, [&](const Part &part) {
      return part.range.end() <= section.address;
    });
    if (part != parts.end() && part->range.contains(section.address))
      return error("{0}: {1:x} bytes that are not in the file begin at "
                   "address {2:x}, in {3}",
                   image.describe(index), section.size, section.address,
                   part->name);
  }
  return Error::success();
}

/// Sections in memory are where their bytes are, and each has its own.
Error Checker::checkLoadedSections() const {
  std::vector<Part> parts;
  for (auto [index, section] : enumerate(image.sections)) {
    if (!(section.flags & SHF_ALLOC) || !section.hasBytes() || !section.size)
      continue;
    const Bytes contents = image.contentsAt(section.address, section.size);
    if (contents.empty() ||
        uint64_t(contents.data() - image.bytes.data()) != section.offset)
      return error("{0}: {1:x} bytes at offset {2:x} are not at address {3:x}",
                   image.describe(index), section.size, section.offset,
                   section.address);
    parts.push_back({image.describe(index), {section.address, section.size}});
  }
  if (Error e = checkDisjoint(parts, "address"))
    return e;
  // Notes that move take their sections along.
  llvm::sort(parts, [](const Part &a, const Part &b) {
    return a.range.address < b.range.address;
  });
  for (const Segment &segment : image.segments) {
    if (segment.type != PT_NOTE)
      continue;
    const auto next = partition_point(parts, [&](const Part &part) {
      return part.range.end() <= segment.addressEnd();
    });
    if (next != parts.end() && next->range.address >= segment.address &&
        next->range.address < segment.addressEnd())
      return error("{0}: {1:x} bytes at address {2:x} run past the end of "
                   "PT_NOTE at {3:x}",
                   next->name, next->range.size, next->range.address,
                   segment.addressEnd());
  }
  return Error::success();
}

/// The header of a table that may move has its address, size and type.
Error Checker::checkSectionsOfTables() const {
  const AddressRange &main = image.relocationTable;
  const AddressRange &plt = image.pltRelocationTable;
  const uint32_t relocations = image.hasAddends ? SHT_RELA : SHT_REL;
  std::vector<DynamicTable> tables = image.tables();
  // Its end is not known, and it never moves.
  erase_if(tables, [](const DynamicTable &table) {
    return table.range.empty() || table.tag == DT_VERDEF;
  });
  for (auto [index, section] : enumerate(image.sections)) {
    if (!(section.flags & SHF_ALLOC) || section.type == SHT_NOBITS)
      continue;
    for (const auto &[tag, range, type] : tables) {
      if (section.address != range.address)
        continue;
      const bool isBoth = type == relocations && main.end() == plt.address &&
                          section.size == main.size + plt.size;
      if (section.type != type || (section.size != range.size && !isBoth))
        return error("{0}: {1:x} bytes of type {2:x}, where {3} has {4:x} "
                     "bytes",
                     image.describe(index), section.size, section.type,
                     dynamicTagName(tag), range.size);
    }
  }
  return Error::success();
}

/// Headers of tables are put in order, and are then known by their names; notes
/// are known by what they say.
Error Checker::checkTableNames() const {
  DenseMap<StringRef, unsigned> count;
  for (const Section &section : drop_begin(image.sections))
    ++count[image.name(section)];
  for (auto [index, section] : enumerate(image.sections)) {
    const bool keepsIndex =
        is_contained({SHT_PROGBITS, SHT_NOBITS}, section.type) &&
        none_of(image.segments, [&, address = section.address](
                                    const Segment &segment) {
          return segment.type == PT_INTERP && segment.address == address;
        });
    if (index && (section.flags & SHF_ALLOC) && !keepsIndex &&
        section.type != SHT_NOTE && count[image.name(section)] > 1)
      return error("{0} has the name of another section",
                   image.describe(index));
  }
  return Error::success();
}

/// Other sections go where there is room in the file: each has bytes of its
/// own.
Error Checker::checkOtherSections() const {
  std::vector<Part> parts;
  for (uint32_t index : image.loadable) {
    const Segment &segment = image.segments[index];
    parts.push_back({formatv("program header {0} (PT_LOAD)", index),
                     {segment.offset, segment.fileSize}});
  }
  parts.push_back({"the section header table",
                   {image.sectionTableOffset,
                    image.sectionHeadersEnd() - image.sectionTableOffset}});
  for (auto [index, section] : enumerate(image.sections)) {
    if ((section.flags & SHF_ALLOC) || !section.hasBytes())
      continue;
    parts.push_back({image.describe(index), {section.offset, section.size}});
    if (section.type == SHT_SYMTAB && (section.flags & SHF_INFO_LINK))
      return error("{0}: SHF_INFO_LINK, but sh_info of a symbol table is no "
                   "section",
                   image.describe(index));
  }
  return checkDisjoint(std::move(parts), "offset");
}

/// A rewrite puts new tables and words where old memory has room.
Error Checker::checkReadable() const {
  for (uint32_t index : image.loadable) {
    const Segment &segment = image.segments[index];
    if (segment.fileSize && !(segment.flags & PF_R))
      return error("program header {0} (PT_LOAD): what it loads at {1:x} "
                   "cannot be read",
                   index, segment.address);
  }
  return Error::success();
}

Error Checker::run() const {
  if (Error e = checkReadable())
    return e;
  if (Error e = checkTables())
    return e;
  if (Error e = checkPlaces())
    return e;
  if (image.sections.empty())
    return Error::success();
  if (Error e = checkLoadedSections())
    return e;
  if (Error e = checkSectionsOfTables())
    return e;
  if (Error e = checkEmptySections())
    return e;
  if (Error e = checkTableNames())
    return e;
  return checkOtherSections();
}

Error checkCoherence(const Image &image, const MachineCode &machine) {
  return Checker(image, machine).run();
}

} // namespace objprelink
