//===- ImageLayout.cpp - where everything goes in a rewritten image -------===//
//
// The new file is the old one, without the pages that were cut out of it; then
// the new segments, each on a page of its own, so that no byte of one is
// mapped with another's permissions; then the section names and headers. The
// old ones are dropped where they end the old file, as they do in what all
// linkers write.
//
// Nothing that is loaded comes between old contents, so offsets of the old
// file shift by whole pages only, and alignments hold.
//
//===----------------------------------------------------------------------===//

#include "ELF/ImageEdit.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Object/ELFTypes.h"

using namespace llvm;
using namespace llvm::ELF;
using namespace llvm::object;

namespace objprelink {

template <class T> static Bytes bytesOf(const T &value) {
  return Bytes(reinterpret_cast<const uint8_t *>(&value), sizeof(value));
}

/// Section names, then section headers, and nothing after them but perhaps an
/// overlay: then both are written anew and need not be kept.
void ImageEdit::findOldEnd() {
  oldEnd = overlay.value_or(image.bytes.size());
  if (sections.empty())
    return;
  const uint64_t headerSize =
      image.is64 ? sizeof(ELF64LE::Shdr) : sizeof(ELF32LE::Shdr);
  const uint64_t table = image.sectionTableOffset;
  if (table + image.sections.size() * headerSize != oldEnd)
    return;
  uint64_t contentsEnd = 0;
  for (const Segment &segment : image.segments)
    contentsEnd = std::max(contentsEnd, segment.offset + segment.fileSize);
  for (auto [index, section] : enumerate(image.sections))
    if (section.hasBytes() && index != image.sectionNamesIndex)
      contentsEnd = std::max(contentsEnd, section.offset + section.size);
  if (contentsEnd <= table)
    oldEnd = contentsEnd;
}

uint64_t ImageEdit::newOffset(uint64_t oldOffset) const {
  uint64_t shift = 0;
  for (const OffsetRange &range : cuts)
    if (range.offset < oldOffset)
      shift += range.size;
  return oldOffset - shift;
}

std::optional<uint64_t> ImageEdit::newOffsetAt(uint64_t address) const {
  if (const NewMemory *range = newMemoryAt(address))
    return range->offset + (address - range->address);
  if (const std::optional<uint64_t> offset = oldOffsetAt(address))
    return newOffset(*offset);
  return std::nullopt;
}

Error ImageEdit::layout() {
  findOldEnd();
  placedEnd = newOffset(oldEnd);
  for (NewMemory &range : memory) {
    placedEnd = alignTo(placedEnd, Image::kPageSize);
    range.offset = placedEnd;
    placedEnd += range.bytes.size();
  }
  if (Error e = writeDynamic())
    return e;
  writeSegments();
  // The ELF header is written by finish(), but is not what it was from here.
  writableBlock(0);
  return Error::success();
}

void ImageEdit::writeSegments() {
  placed = segments;
  for (Segment &segment : placed) {
    // An empty segment's address may be where another one begins.
    const std::optional<uint64_t> found =
        segment.fileSize ? newOffsetAt(segment.address) : std::nullopt;
    segment.offset = found.value_or(newOffset(segment.offset));
  }
  const auto write = [&]<class Phdr>(Phdr header) {
    ByteVector table;
    for (const Segment &segment : placed) {
      header.p_type = segment.type;
      header.p_flags = segment.flags;
      header.p_offset = segment.offset;
      header.p_vaddr = segment.address;
      header.p_paddr = segment.physicalAddress;
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
  const uint64_t entrySize = 2 * wordSize();
  const uint64_t room = image.dynamicRange.size / entrySize;
  if (dynamic.size() + 1 > room)
    return error(
        "no room in the dynamic table: {0} entries and DT_NULL for {1} "
        "places",
        dynamic.size(), room);
  uint64_t at = image.dynamicRange.address;
  for (size_t i = 0; i < room; ++i, at += entrySize) {
    const DynamicEntry entry =
        i < dynamic.size() ? dynamic[i] : DynamicEntry{DT_NULL, 0};
    writeWord(at, entry.tag);
    writeWord(at + wordSize(), entry.value);
  }
  return Error::success();
}

template <class ELFT>
static void appendHeaders(ArrayRef<Section> sections, ByteVector &out) {
  for (const Section &section : sections) {
    typename ELFT::Shdr header;
    header.sh_name = section.nameOffset;
    header.sh_type = section.type;
    header.sh_flags = section.flags;
    header.sh_addr = section.address;
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
                      uint64_t sectionTable, uint64_t sections) {
  auto &header = *reinterpret_cast<typename ELFT::Ehdr *>(file.data());
  header.e_phnum = segments;
  if (sections) {
    header.e_shoff = sectionTable;
    header.e_shnum = sections;
  }
}

Error ImageEdit::finish() {
  uint64_t tableOffset = 0;
  if (!sections.empty()) {
    if (sections.size() + addedSections.size() >= SHN_LORESERVE)
      return error("more sections than e_shnum can count");
    // Where the sections are whose place is that of their memory.
    for (Section &section : sections) {
      const std::optional<uint64_t> offset =
          (section.flags & SHF_ALLOC) && section.hasBytes()
              ? newOffsetAt(section.address)
              : std::nullopt;
      section.offset = offset.value_or(newOffset(section.offset));
    }
    Section &names = sections[image.sectionNamesIndex];
    ByteVector nameTable;
    append_range(nameTable, image.bytes.slice(
                                image.sections[image.sectionNamesIndex].offset,
                                names.size));

    for (AddedSection &added : addedSections) {
      added.header.nameOffset = nameTable.size();
      append_range(nameTable, added.name);
      nameTable.push_back(0);
      if (const auto offset = newOffsetAt(added.header.address);
          offset && (added.header.flags & SHF_ALLOC)) {
        added.header.offset = *offset;
        continue;
      }
      tail.append(offsetToAlignment(placedEnd + tail.size(),
                                    Align(added.header.alignment)),
                  0);
      added.header.offset = placedEnd + tail.size();
      added.header.size = added.contents.size();
      append_range(tail, added.contents);
    }
    names.offset = placedEnd + tail.size();
    names.size = nameTable.size();
    append_range(tail, nameTable);
    tail.append(offsetToAlignment(placedEnd + tail.size(), Align(8)), 0);
    tableOffset = placedEnd + tail.size();

    std::vector<Section> all = sections;
    for (const AddedSection &added : addedSections)
      all.push_back(added.header);
    image.is64 ? appendHeaders<ELF64LE>(all, tail)
               : appendHeaders<ELF32LE>(all, tail);
  }

  const MutableArrayRef<uint8_t> header(writableBlock(0), 64);
  const uint64_t sectionCount =
      sections.empty() ? 0 : sections.size() + addedSections.size();
  image.is64
      ? setHeader<ELF64LE>(header, segments.size(), tableOffset, sectionCount)
      : setHeader<ELF32LE>(header, segments.size(), tableOffset, sectionCount);
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
  addKept(oldEnd);
  add(image.bytes.size() - oldEnd, false);
  return out;
}

Extents ImageEdit::extents() const {
  Extents out;
  showOld(0, oldEnd, [&](Bytes bytes, bool) { out.append(bytes); });
  for (const NewMemory &range : memory) {
    out.appendZeros(range.offset - out.size());
    out.append(Bytes(range.bytes));
  }
  out.append(Bytes(tail));
  if (overlay)
    out.append(image.bytes.slice(*overlay));
  return out;
}

} // namespace objprelink
