//===- ImageLayout.cpp - where everything goes in a rewritten image -------===//
//
// The new file is what was loaded of the old one, without the pages that were
// cut out of it; then the new segments, each on a page of its own, so that no
// byte of one is mapped with another's permissions; then the rest of the old
// file (dwz wants what is not loaded to be last); then the section names and
// headers. The old ones are dropped where they end the old file, as they do in
// what all linkers write.
//
// Section headers: patchelf and dwz want those of loaded sections first and in
// the order of addresses, but symbols name sections by index. So sections that
// symbols are in keep their indices; tables, which may have moved, and added
// sections share what indices are left before the first one that is not loaded.
//
//===----------------------------------------------------------------------===//

#include "ImageEdit/ImageEdit.h"
#include "ImageEdit/Shift.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Object/ELFTypes.h"
#include <numeric>

using namespace llvm;
using namespace llvm::ELF;
using namespace llvm::object;

namespace objprelink {

/// Sections that are not loaded are aligned by this at most: no reader asks for
/// more, and a hostile alignment must not blow up the output.
static constexpr uint64_t kLargestAlignment = 4096;

template <class T> static Bytes bytesOf(const T &value) {
  return Bytes(reinterpret_cast<const uint8_t *>(&value), sizeof(value));
}

/// Where the contents of \p segment that the old file has end in it.
uint64_t ImageEdit::oldFileEnd(const Segment &segment) const {
  const uint64_t size = extendedAt && *extendedAt > segment.address
                            ? *extendedAt - segment.address
                            : UINT64_MAX;
  return segment.offset + std::min(segment.fileSize, size);
}

/// Where the old file's loaded contents end: segments may have been extended,
/// and the last one may have been cut.
uint64_t ImageEdit::oldLoadedEnd() const {
  uint64_t end = 0;
  const auto take = [&](const Segment &segment) {
    if (segment.type == PT_LOAD && !newMemoryAt(segment.address))
      end = std::max(end, oldFileEnd(segment));
  };
  for_each(image.segments, take);
  for_each(segments, take);
  return end;
}

/// Sections that are made anew, then section headers, and nothing after them
/// but perhaps an overlay: then these need not be kept.
void ImageEdit::findOldEnd() {
  oldEnd = overlay.value_or(image.bytes.size());
  if (sections.empty())
    return;
  const uint64_t table = image.sectionTableOffset;
  if (image.sectionHeadersEnd() != oldEnd)
    return;
  uint64_t contentsEnd = 0;
  for (const Segment &segment : image.segments)
    contentsEnd = std::max(contentsEnd, segment.offset + segment.fileSize);
  contentsEnd = std::max(contentsEnd, oldLoadedEnd());
  for (auto [index, section] : enumerate(image.sections))
    if (section.hasBytes() && !isRemade(index))
      contentsEnd = std::max(contentsEnd, section.offset + section.size);
  if (contentsEnd <= table)
    oldEnd = contentsEnd;
}

uint64_t ImageEdit::newOffset(uint64_t oldOffset) const {
  uint64_t shift = 0;
  for (const OffsetRange &range : cuts)
    if (range.offset < oldOffset)
      shift += range.size;
  return oldOffset - shift + (oldOffset >= loadedEnd ? pushed : 0);
}

/// The same for something that has no bytes, at the end of the loaded ones
/// perhaps.
uint64_t ImageEdit::newEmptyOffset(uint64_t oldOffset) const {
  return oldOffset == loadedEnd ? newOffset(oldOffset) - pushed
                                : newOffset(oldOffset);
}

std::optional<uint64_t> ImageEdit::newOffsetAt(uint64_t address) const {
  if (const NewMemory *range = newMemoryAt(address))
    return range->offset + (address - range->address);
  if (const std::optional<uint64_t> offset = oldOffsetAt(address))
    return newOffset(*offset);
  return std::nullopt;
}

void ImageEdit::placeMemory() {
  loadedEnd = std::min(oldLoadedEnd(), oldEnd);
  const uint64_t begin = newOffset(loadedEnd);
  uint64_t end = begin;
  // What goes on with the last segment comes first, and follows it.
  llvm::stable_sort(memory, [&](const NewMemory &a, const NewMemory &b) {
    return a.address < b.address;
  });
  for (NewMemory &range : memory) {
    if (range.address != extendedAt)
      end = alignTo(end, Image::kPageSize);
    range.offset = end;
    end += range.bytes.size();
  }
  uint64_t alignment = 16;
  for (const Section &section : image.sections)
    if (!(section.flags & SHF_ALLOC))
      alignment =
          std::max(alignment, std::min(section.alignment, kLargestAlignment));
  pushed = alignTo(end - begin, alignment);
}

Error ImageEdit::layout() {
  findSymbolTable();
  findOldEnd();
  placeMemory();
  placedEnd = newOffset(oldEnd);
  if (Error e = writeDynamic())
    return e;
  writeSegments();
  if (shift)
    shiftEntryAndSymbols();
  orderSections();
  followSections();
  renumberRelocations();
  // The ELF header is written by finish(), but is not what it was from here.
  writableBlock(0);
  return Error::success();
}

void ImageEdit::writeSegments() {
  placed = segments;
  for (auto [segment, old] : zip_equal(placed, segments)) {
    // An empty segment's address may be where another one begins.
    const std::optional<uint64_t> found =
        segment.fileSize ? newOffsetAt(segment.address) : std::nullopt;
    segment.offset = found.value_or(newEmptyOffset(segment.offset));
    // A loadable one keeps its place in a page, also past the end of the file.
    if (segment.type == PT_LOAD && !found && old.offset > loadedEnd)
      segment.offset = old.offset;
    if (segment.type == PT_PHDR)
      segment.fileSize = segment.memorySize =
          image.programHeadersSize(segments.size());
  }
  const auto write = [&]<class Phdr>(Phdr header) {
    ByteVector table;
    for (const Segment &segment : placed) {
      header.p_type = segment.type;
      header.p_flags = segment.flags;
      header.p_offset = segment.offset;
      const uint64_t more = hasAddress(segment) ? shift : 0;
      header.p_vaddr = segment.address + more;
      header.p_paddr = segment.physicalAddress + more;
      header.p_filesz = segment.fileSize;
      header.p_memsz = segment.memorySize;
      header.p_align = segment.alignment;
      append_range(table, bytesOf(header));
    }
    writeOld(image.segmentTableOffset, table);
  };
  image.is64 ? write(ELF64LE::Phdr()) : write(ELF32LE::Phdr());
}

Error ImageEdit::writeDynamic() {
  const uint64_t entrySize = 2 * image.wordSize();
  const uint64_t room = image.dynamicRange.size / entrySize;
  if (!hasDynamicRoom())
    return error(
        "no room in the dynamic table: {0} entries and DT_NULL for {1} "
        "places",
        dynamic.size(), room);
  uint64_t at = image.dynamicRange.address;
  for (size_t i = 0; i < room; ++i, at += entrySize) {
    const DynamicEntry entry = i < dynamic.size() ? dynamic[i]
                               : i == dynamic.size() + 1 && dynamicRest
                                   ? *dynamicRest
                                   : DynamicEntry{DT_NULL, 0};
    writeWord(at, entry.tag);
    writeWord(at + image.wordSize(),
              entry.value + (isAddressTag(entry.tag) ? shift : 0));
  }
  return Error::success();
}

template <class ELFT>
static void appendHeaders(ArrayRef<Section> sections, uint64_t shift,
                          ByteVector &out) {
  for (const Section &section : sections) {
    typename ELFT::Shdr header;
    header.sh_name = section.nameOffset;
    header.sh_type = section.type;
    header.sh_flags = section.flags;
    header.sh_addr = section.address + (section.flags & SHF_ALLOC ? shift : 0);
    header.sh_offset = section.offset;
    header.sh_size = section.size;
    header.sh_link = section.link;
    header.sh_info = section.info;
    header.sh_addralign = section.alignment;
    header.sh_entsize = section.entrySize;
    append_range(out, bytesOf(header));
  }
}

template <class ELFT>
static void setHeader(MutableArrayRef<uint8_t> file, uint64_t segments,
                      uint64_t sectionTable, uint64_t sections,
                      uint32_t names) {
  auto &header = *reinterpret_cast<typename ELFT::Ehdr *>(file.data());
  header.e_phnum = segments;
  if (sections) {
    header.e_shoff = sectionTable;
    header.e_shnum = sections;
    header.e_shstrndx = names;
  }
}

/// Whether no code names the section, so that its header may go elsewhere.
static bool isTable(const Section &section, ArrayRef<Segment> segments) {
  const bool isInterpreter = any_of(segments, [&](const Segment &segment) {
    return segment.type == PT_INTERP && segment.address == section.address;
  });
  return isInterpreter ||
         is_contained({SHT_NOTE, SHT_HASH, SHT_GNU_HASH, SHT_DYNSYM, SHT_STRTAB,
                       SHT_GNU_versym, SHT_GNU_verneed, SHT_GNU_verdef,
                       SHT_RELA, SHT_REL, SHT_RELR},
                      section.type);
}

void ImageEdit::orderSections() {
  const size_t oldCount = sections.size();
  const auto header = [&](uint32_t i) -> const Section & {
    return i < oldCount ? sections[i] : addedSections[i - oldCount].header;
  };
  const auto isLoaded = [&](uint32_t i) {
    return (header(i).flags & SHF_ALLOC) != 0;
  };
  std::vector<uint32_t> order(oldCount + addedSections.size());
  std::iota(order.begin(), order.end(), 0);
  sectionIndex = order;
  // Symbols with extended indices would have to be renumbered there.
  if (!oldCount || any_of(sections, [](const Section &section) {
        return section.type == SHT_SYMTAB_SHNDX;
      }))
    return;
  // Added sections go behind the last loaded one, and never before header 0.
  const auto last =
      std::find_if(std::make_reverse_iterator(order.begin() + oldCount),
                   order.rend(), isLoaded);
  const auto rest =
      std::stable_partition(order.begin() + oldCount, order.end(), isLoaded);
  std::rotate(std::max(last.base(), order.begin() + 1),
              order.begin() + oldCount, rest);

  // Dynamic symbols say where they are by the index.
  std::vector<bool> hasSymbol(oldCount);
  for (const DynamicSymbol &symbol : image.symbols)
    if (symbol.section < oldCount)
      hasSymbol[symbol.section] = true;
  std::vector<uint32_t> places, floating;
  for (auto [place, i] : enumerate(order))
    // Header 0 is none, whatever is in it.
    if (i && isLoaded(i) &&
        (i >= oldCount || (isTable(header(i), segments) && !hasSymbol[i]))) {
      places.push_back(place);
      floating.push_back(i);
    }
  llvm::stable_sort(floating, [&](uint32_t a, uint32_t b) {
    return header(a).address < header(b).address;
  });
  for (auto [place, i] : zip_equal(places, floating))
    order[place] = i;
  for (auto [place, i] : enumerate(order))
    sectionIndex[i] = place;
}

/// Where a symbol of section \p old that was at \p value is when the section is
/// where \p now says. Those of the linker's own may be anywhere, and stay.
static uint64_t valueAfter(const Section &old, const Section &now,
                           uint64_t value) {
  const bool isInside = value >= old.address && value - old.address <= old.size;
  return isInside ? value + (now.address - old.address) : value;
}

/// Symbols of sections that have another index or another place: of tables,
/// which linkers give section symbols, and of notes.
void ImageEdit::followSections() {
  const auto follow = [&]<class Sym>(Sym, const Section &table) {
    for (uint64_t at = 0; at + sizeof(Sym) <= table.size; at += sizeof(Sym)) {
      const auto &old = *reinterpret_cast<const Sym *>(image.bytes.data() +
                                                       table.offset + at);
      const uint32_t in = old.st_shndx;
      if (in >= sections.size())
        continue;
      Sym symbol = old;
      symbol.st_shndx = sectionIndex[in];
      symbol.st_value =
          valueAfter(image.sections[in], sections[in], old.st_value);
      if (in && old.getType() != STT_TLS)
        symbol.st_value = symbol.st_value + shift;
      if (symbol.st_shndx != in || symbol.st_value != old.st_value)
        writeOld(table.offset + at, bytesOf(symbol));
    }
  };
  for (const Section &table : image.sections)
    if (table.type == SHT_SYMTAB)
      image.is64 ? follow(ELF64LE::Sym(), table)
                 : follow(ELF32LE::Sym(), table);
}

/// Puts \p contents at the end of the file as those of \p section.
void ImageEdit::appendToTail(Section &section, Extents contents) {
  tail.appendZeros(offsetToAlignment(
      placedEnd + tail.size(),
      Align(std::clamp<uint64_t>(section.alignment, 1, kLargestAlignment))));
  section.offset = placedEnd + tail.size();
  section.size = contents.size();
  tail.append(std::move(contents));
}

uint64_t ImageEdit::nameOffset(size_t added) const {
  uint64_t offset = image.sections[image.sectionNamesIndex].size;
  for (const AddedSection &section : ArrayRef(addedSections).take_front(added))
    offset += section.name.size() + 1;
  return offset;
}

/// Finds the places of sections and makes the table of names.
ByteVector ImageEdit::placeSections() {
  const auto index = [&](uint32_t old) {
    return old < sections.size() ? sectionIndex[old] : old;
  };
  for (Section &section : sections) {
    const std::optional<uint64_t> offset =
        (section.flags & SHF_ALLOC) && section.hasBytes()
            ? newOffsetAt(section.address)
            : std::nullopt;
    section.offset = offset.value_or(section.hasBytes() && section.size
                                         ? newOffset(section.offset)
                                         : newEmptyOffset(section.offset));
    section.link = index(section.link);
    if ((section.flags & SHF_INFO_LINK) || section.isRelocations())
      section.info = index(section.info);
  }
  const Section &names = image.sections[image.sectionNamesIndex];
  const Bytes old = image.bytes.slice(names.offset, names.size);
  ByteVector nameTable(old.begin(), old.end());
  for (AddedSection &added : addedSections) {
    added.header.nameOffset = nameTable.size();
    added.header.link = index(added.header.link);
    append_range(nameTable, added.name);
    nameTable.push_back(0);
    if (added.header.flags & SHF_ALLOC) {
      added.header.offset = newOffsetAt(added.header.address).value_or(0);
      continue;
    }
    Extents contents;
    contents.append(Bytes(added.contents));
    appendToTail(added.header, std::move(contents));
  }
  return nameTable;
}

Error ImageEdit::finish() {
  const size_t count = sections.size() + addedSections.size();
  uint64_t tableOffset = 0;
  if (!sections.empty()) {
    if (count >= SHN_LORESERVE)
      return error("more sections than e_shnum can count");
    Extents nameTable;
    nameTable.append(placeSections());
    if (symbolTableIndex)
      remakeSymbolTable();
    appendToTail(sections[image.sectionNamesIndex], std::move(nameTable));
    tail.appendZeros(offsetToAlignment(placedEnd + tail.size(), Align(8)));
    tableOffset = placedEnd + tail.size();

    std::vector<Section> all(count);
    for (size_t i = 0; i < count; ++i) {
      // Those that were added after layout() are at the end.
      const uint32_t place = i < sectionIndex.size() ? sectionIndex[i] : i;
      all[place] = i < sections.size()
                       ? sections[i]
                       : addedSections[i - sections.size()].header;
    }
    ByteVector headers;
    image.is64 ? appendHeaders<ELF64LE>(all, shift, headers)
               : appendHeaders<ELF32LE>(all, shift, headers);
    tail.append(std::move(headers));
  }
  const MutableArrayRef<uint8_t> header(writableBlock(0), 64);
  const uint64_t sectionCount = sections.empty() ? 0 : count;
  const uint32_t namesIndex =
      sections.empty() ? 0 : sectionIndex[image.sectionNamesIndex];
  image.is64 ? setHeader<ELF64LE>(header, segments.size(), tableOffset,
                                  sectionCount, namesIndex)
             : setHeader<ELF32LE>(header, segments.size(), tableOffset,
                                  sectionCount, namesIndex);
  return Error::success();
}

/// Shows the old file's bytes in [begin, end) as they are now, without what was
/// cut out; \p isOld says whether they are what they were.
void ImageEdit::showOld(uint64_t begin, uint64_t end,
                        function_ref<void(Bytes, bool)> show) const {
  std::vector<uint64_t> written;
  for (const auto &entry : blocks)
    written.push_back(entry.first);
  llvm::sort(written);

  const auto showKept = [&](uint64_t from, uint64_t to) {
    auto block = llvm::lower_bound(written, from / kBlock);
    while (from < to) {
      const uint64_t next =
          block == written.end() ? to : std::min(to, *block * kBlock);
      if (from < next)
        show(image.bytes.slice(from, next - from), true);
      if (from = std::max(from, next); from == to)
        break;
      const uint64_t stop = std::min(to, (*block + 1) * kBlock);
      show(Bytes(blocks.lookup(*block) + from % kBlock, stop - from), false);
      from = stop;
      ++block;
    }
  };
  for (const OffsetRange &range : cuts) {
    showKept(begin, std::clamp(range.offset, begin, end));
    begin = std::clamp(range.offset + range.size, begin, end);
  }
  showKept(begin, end);
}

std::vector<OldRange> ImageEdit::oldRanges() const {
  std::vector<OldRange> out;
  uint64_t at = 0;
  const auto add = [&](uint64_t size, bool isOld) {
    OldRange range;
    range.size = size;
    if (isOld)
      range.newOffset = newOffset(at);
    else
      range.bytes = image.bytes.slice(at, size);
    if (size)
      out.push_back(range);
    at += size;
  };
  uint64_t kept = 0;
  const auto addKept = [&](uint64_t to) {
    showOld(kept, to,
            [&](Bytes bytes, bool isOld) { add(bytes.size(), isOld); });
    kept = to;
  };
  for (const OffsetRange &range : cuts) {
    addKept(range.offset);
    add(range.size, false);
    kept = range.offset + range.size;
  }
  addKept(loadedEnd);
  addKept(oldEnd);
  add(image.bytes.size() - oldEnd, false);
  return out;
}

Extents ImageEdit::extents() const {
  Extents out;
  const auto append = [&](Bytes bytes, bool) { out.append(bytes); };
  showOld(0, loadedEnd, append);
  for (const NewMemory &range : memory) {
    out.appendZeros(range.offset - out.size());
    out.append(Bytes(range.bytes));
  }
  out.appendZeros(newOffset(loadedEnd) - out.size());
  showOld(loadedEnd, oldEnd, append);
  for (Bytes bytes : tail.list())
    out.append(bytes);
  if (overlay)
    out.append(image.bytes.slice(*overlay));
  return out;
}

} // namespace objprelink
