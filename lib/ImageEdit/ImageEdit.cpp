#include "ImageEdit/ImageEdit.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"

using namespace llvm;
using namespace llvm::ELF;
using namespace llvm::support::endian;

namespace objprelink {

ImageEdit::ImageEdit(const Image &image)
    : image(image), segments(image.segments), sections(image.sections),
      dynamic(image.dynamic) {}

void ImageEdit::addSegment(uint64_t address, uint64_t size, uint32_t flags) {
  Segment segment;
  segment.type = PT_LOAD;
  segment.flags = flags;
  segment.address = segment.physicalAddress = address;
  segment.fileSize = segment.memorySize = size;
  segment.alignment = Image::kPageSize;
  // gABI: loadable segments are in the order of their addresses. Others may
  // stand anywhere, but readers like them where linkers put them.
  const auto last = find_if(reverse(segments), [](const Segment &other) {
    return other.type == PT_LOAD;
  });
  segments.insert(last.base(), segment);
  addMemory(address, size);
}

void ImageEdit::addMemory(uint64_t address, uint64_t size) {
  uint8_t *bytes = allocator.Allocate<uint8_t>(size);
  std::fill_n(bytes, size, 0);
  memory.push_back({address, 0, MutableArrayRef(bytes, size)});
}

void ImageEdit::extendLastSegment(uint64_t newEnd) {
  const uint64_t end = image.segments[image.loadable.back()].addressEnd();
  const auto last = find_if(segments, [&](const Segment &segment) {
    return segment.type == PT_LOAD && segment.addressEnd() == end;
  });
  extendedAt = last->address + last->fileSize;
  last->fileSize = last->memorySize = newEnd - last->address;
  addMemory(*extendedAt, newEnd - *extendedAt);
}

void ImageEdit::extendSegment(uint64_t end, uint64_t newEnd) {
  for (Segment &segment : segments)
    if (segment.type == PT_LOAD && segment.addressEnd() == end)
      segment.fileSize = segment.memorySize = newEnd - segment.address;
}

void ImageEdit::lowerSegment(uint64_t begin, uint64_t newBegin) {
  const uint64_t size = begin - newBegin;
  for (Segment &segment : segments) {
    if (!is_contained({PT_LOAD, PT_GNU_RELRO}, segment.type) ||
        segment.address != begin)
      continue;
    segment.address -= size;
    segment.physicalAddress -= size;
    segment.offset -= size;
    segment.fileSize += size;
    segment.memorySize += size;
  }
}

void ImageEdit::cut(uint64_t offset, uint64_t size) {
  cuts.push_back({offset, size});
  llvm::sort(cuts, [](const OffsetRange &a, const OffsetRange &b) {
    return a.offset < b.offset;
  });
}

uint8_t *ImageEdit::writableBlock(uint64_t block) {
  // Writes come in rising order, many to a block.
  if (block == lastBlock)
    return lastBytes;
  uint8_t *&bytes = blocks[block];
  if (!bytes) {
    const Bytes old = image.bytes.slice(block * kBlock).take_front(kBlock);
    bytes = allocator.Allocate<uint8_t>(old.size());
    copy(old, bytes);
  }
  lastBlock = block;
  return lastBytes = bytes;
}

void ImageEdit::writeOld(uint64_t offset, Bytes bytes) {
  while (!bytes.empty()) {
    const uint64_t at = offset % kBlock;
    const uint64_t size = std::min<uint64_t>(bytes.size(), kBlock - at);
    copy(bytes.take_front(size), writableBlock(offset / kBlock) + at);
    bytes = bytes.drop_front(size);
    offset += size;
  }
}

const ImageEdit::NewMemory *ImageEdit::newMemoryAt(uint64_t address) const {
  for (const NewMemory &range : memory)
    if (address >= range.address &&
        address - range.address < range.bytes.size())
      return &range;
  return nullptr;
}

std::optional<uint64_t> ImageEdit::oldOffsetAt(uint64_t address) const {
  for (const Segment &segment : segments)
    if (segment.type == PT_LOAD && address >= segment.address &&
        address - segment.address < segment.fileSize &&
        !newMemoryAt(segment.address))
      return segment.offset + (address - segment.address);
  return std::nullopt;
}

void ImageEdit::write(uint64_t address, Bytes bytes) {
  if (const NewMemory *range = newMemoryAt(address))
    copy(bytes, range->bytes.data() + (address - range->address));
  else if (const std::optional<uint64_t> offset = oldOffsetAt(address))
    writeOld(*offset, bytes);
}

void ImageEdit::writeZeros(uint64_t address, uint64_t size) {
  static constexpr uint8_t zeros[kBlock] = {};
  for (uint64_t done = 0; done < size; done += kBlock)
    write(address + done,
          ArrayRef(zeros).take_front(std::min(size - done, kBlock)));
}

void ImageEdit::writeWord(uint64_t address, uint64_t value) {
  uint8_t bytes[8];
  write64le(bytes, value);
  write(address, ArrayRef(bytes, image.wordSize()));
}

void ImageEdit::write32(uint64_t address, uint32_t value) {
  uint8_t bytes[4];
  write32le(bytes, value);
  write(address, bytes);
}

uint64_t addressAfter(ArrayRef<TableMove> moves, uint64_t address) {
  for (const TableMove &move : moves)
    if (move.from.contains(address))
      return move.to + (address - move.from.address);
  return address;
}

std::optional<uint64_t> ImageEdit::dynamicValue(int64_t tag) const {
  for (const DynamicEntry &entry : reverse(dynamic))
    if (entry.tag == tag)
      return entry.value;
  return std::nullopt;
}

void ImageEdit::setDynamic(int64_t tag, uint64_t value) {
  for (DynamicEntry &entry : reverse(dynamic))
    if (entry.tag == tag) {
      entry.value = value;
      return;
    }
  dynamic.push_back({tag, value});
}

void ImageEdit::removeDynamic(int64_t tag) {
  erase_if(dynamic,
           [=](const DynamicEntry &entry) { return entry.tag == tag; });
}

uint64_t ImageEdit::spareDynamicEntries() const {
  const uint64_t room = image.dynamicRange.size / (2 * image.wordSize());
  return room - std::min(room, dynamic.size() + 1 + dynamicRest.has_value());
}

bool ImageEdit::hasDynamicRoom() const {
  return dynamic.size() + 1 + dynamicRest.has_value() <=
         image.dynamicRange.size / (2 * image.wordSize());
}

Section *ImageEdit::headerOf(const AddressRange &old, uint32_t type) {
  for (auto [was, now] : zip(image.sections, sections))
    if (!old.empty() && was.address == old.address && was.type == type &&
        (was.flags & SHF_ALLOC))
      return &now;
  return nullptr;
}

void ImageEdit::describe(const Addition &addition) {
  if (!addition.size || image.sections.empty())
    return;
  if (Section *section = headerOf(addition.replaces, addition.type)) {
    section->address = addition.address;
    section->size = addition.size;
    return;
  }
  if (addition.name.empty())
    return;
  AddedSection added;
  added.name = addition.name;
  added.header.type = addition.type;
  added.header.flags = SHF_ALLOC |
                       (addition.access & PF_W ? uint64_t(SHF_WRITE) : 0) |
                       (addition.access & PF_X ? uint64_t(SHF_EXECINSTR) : 0);
  added.header.address = addition.address;
  added.header.size = addition.size;
  added.header.alignment = addition.alignment;
  added.header.entrySize = addition.entrySize;
  if (added.header.isRelocations())
    added.header.link = find_if(image.sections,
                                [](const Section &section) {
                                  return section.type == SHT_DYNSYM;
                                }) -
                        image.sections.begin();
  addedSections.push_back(std::move(added));
}

Error ImageEdit::checkNewNames() const {
  for (const AddedSection &added : addedSections)
    for (auto [index, section] : enumerate(image.sections))
      if (image.name(section) == added.name)
        return error("{0} has the name of a new section",
                     image.describe(index));
  return Error::success();
}

std::optional<uint64_t> findOverlay(const Image &image) {
  uint64_t end = 0;
  for (const Segment &segment : image.segments)
    end = std::max(end, segment.offset + segment.fileSize);
  for (const Section &section : image.sections)
    if (section.hasBytes())
      end = std::max(end, section.offset + section.size);
  if (!image.sections.empty())
    end = std::max(end, image.sectionHeadersEnd());
  if (all_of(
          image.bytes.drop_front(std::min<uint64_t>(end, image.bytes.size())),
          [](uint8_t byte) { return byte == 0; }))
    return std::nullopt;
  return end;
}

} // namespace objprelink
