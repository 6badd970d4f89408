//===- RelroRoom.cpp ------------------------------------------------------===//

#include "ImageEdit/RelroRoom.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

/// The value of a thread-local variable is an offset, and no address.
static bool hasSymbolIn(const Image &image, const AddressRange &range) {
  return any_of(image.symbols, [&](const DynamicSymbol &symbol) {
    return symbol.isInSection() && symbol.type != STT_TLS &&
           range.contains(symbol.value);
  });
}

AddressRange findRelroPadding(const Image &image) {
  const auto section = find_if(image.sections, [&](const Section &candidate) {
    return candidate.type == SHT_NOBITS &&
           (candidate.flags & (SHF_ALLOC | SHF_TLS)) == SHF_ALLOC &&
           image.name(candidate) == ".relro_padding";
  });
  if (section == image.sections.end())
    return {};
  const uint64_t begin = alignTo(section->address, image.wordSize());
  const uint64_t end =
      std::min(section->address + section->size, image.relro.end());
  const Segment *segment = image.segmentAt(begin);
  if (begin >= end || !image.relro.contains(begin) || !segment ||
      !(segment->flags & PF_W) || end > segment->addressEnd() ||
      begin < segment->address + segment->fileSize)
    return {};
  const AddressRange range = {begin, end - begin};
  const auto isThere = [&](const Relocation &relocation) {
    return range.contains(relocation.offset);
  };
  const auto isOther = [&](const Section &other) {
    return &other != &*section && (other.flags & SHF_ALLOC) &&
           !(other.flags & SHF_TLS) && other.size && other.address < end &&
           begin < other.address + other.size;
  };
  if (any_of(image.relocations, isThere) ||
      any_of(image.pltRelocations, isThere) ||
      any_of(image.relrPlaces,
             [&](uint64_t place) { return range.contains(place); }) ||
      any_of(image.sections, isOther) || hasSymbolIn(image, range))
    return {};
  return range;
}

/// Where, at \p offset or before it, what headers describe of the file ends.
static uint64_t describedUntil(const Image &image, uint64_t offset) {
  uint64_t end = image.programHeadersEnd();
  const auto take = [&](uint64_t begin, uint64_t size) {
    if (size && begin < offset)
      end = std::max(end, begin + size);
  };
  for (const Segment &segment : image.segments)
    take(segment.offset, segment.fileSize);
  for (const Section &section : image.sections)
    if (section.hasBytes())
      take(section.offset, section.size);
  if (!image.sections.empty())
    take(image.sectionTableOffset, offset);
  return std::min(end, offset);
}

AddressRange findRoomBelowRelro(const Image &image) {
  const auto first = find_if(image.loadable, [&](uint32_t index) {
    return image.segments[index].flags & PF_W;
  });
  if (first == image.loadable.end())
    return {};
  const Segment &segment = image.segments[*first];
  const uint64_t page = alignDown(segment.address, Image::kPageSize);
  const bool isRelro = any_of(image.segments, [&](const Segment &other) {
    return other.type == PT_GNU_RELRO && other.address == segment.address &&
           other.physicalAddress == other.address &&
           image.relro.contains(segment.address);
  });
  const bool sharesPage = first != image.loadable.begin() &&
                          image.segments[*(first - 1)].addressEnd() > page;
  if (!isRelro || sharesPage || segment.flags != (PF_R | PF_W) ||
      segment.physicalAddress != segment.address || !segment.fileSize)
    return {};
  const uint64_t least = std::max(describedUntil(image, segment.offset),
                                  segment.offset - (segment.address - page));
  const Bytes bytes = image.bytes.slice(least, segment.offset - least);
  const uint64_t size =
      find_if(reverse(bytes), [](uint8_t byte) { return byte; }) -
      bytes.rbegin();
  const uint64_t begin = alignTo(segment.address - size, image.wordSize());
  const uint64_t end = alignDown(segment.address, image.wordSize());
  if (begin >= end || hasSymbolIn(image, {begin, end - begin}))
    return {};
  return {begin, end - begin};
}

void lowerRelro(const Image &image, uint64_t begin, ImageEdit &edit) {
  const auto first = find_if(image.loadable, [&](uint32_t index) {
    return image.segments[index].address > begin;
  });
  edit.lowerSegment(image.segments[*first].address, begin);
}

} // namespace objprelink
