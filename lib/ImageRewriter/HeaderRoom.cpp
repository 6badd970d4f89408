//===- HeaderRoom.cpp - what may move from behind the program headers -----===//
//
// The table stays where it is: tools that rewrite files afterwards (strip,
// objcopy, patchelf) rely on it, and so does AT_PHDR. The interpreter's name,
// the notes and the hash tables follow it in what GNU ld and mold write, the
// dynamic symbols in what lld and gold write. Nothing but program headers,
// section headers and dynamic entries refers to them, so they may move.
//
//===----------------------------------------------------------------------===//

#include "ImageRewriter/HeaderRoom.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Object/ELFTypes.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

/// More zeros than these between two things are something.
static constexpr uint64_t kMostPadding = 64;

namespace {
struct Movable {
  AddressRange range;
  uint64_t alignment = 1;
};
} // namespace

static uint64_t headerSize(const Image &image) {
  return image.is64 ? sizeof(object::ELF64LE::Phdr)
                    : sizeof(object::ELF32LE::Phdr);
}

/// By address; those that describe the same bytes are one.
static std::vector<Movable> findMovables(const Image &image, bool withStrings) {
  std::vector<Movable> found;
  const auto add = [&](const AddressRange &range, uint64_t alignment) {
    if (!image.contentsAt(range.address, range.size).empty())
      found.push_back({range, std::max<uint64_t>(alignment, 1)});
  };
  for (const Segment &segment : image.segments)
    if (is_contained({PT_INTERP, PT_NOTE, PT_GNU_PROPERTY}, segment.type) &&
        segment.fileSize == segment.memorySize)
      // A hostile alignment must not blow up the output.
      add({segment.address, segment.fileSize},
          std::min(segment.alignment, Image::kPageSize));
  add(image.gnuHashTable, image.is64 ? 8 : 4);
  add(image.hashTable, image.is64 ? 8 : 4);
  add(image.symbolTable, image.is64 ? 8 : 4);
  if (withStrings) {
    add(image.stringTable, 1);
    add(image.versionTable, 2);
  }
  llvm::stable_sort(found, [](const Movable &a, const Movable &b) {
    return a.range.address < b.range.address;
  });

  std::vector<Movable> out;
  for (const Movable &item : found) {
    if (out.empty() || item.range.address >= out.back().range.end()) {
      out.push_back(item);
      continue;
    }
    Movable &last = out.back();
    last.range.size =
        std::max(last.range.end(), item.range.end()) - last.range.address;
    last.alignment = std::max(last.alignment, item.alignment);
  }
  return out;
}

const DynamicSymbol *symbolIn(const Image &image, const AddressRange &range) {
  // The value of a thread-local variable is an offset, and no address.
  for (const DynamicSymbol &symbol : image.symbols)
    if (symbol.isInSection() && symbol.type != STT_TLS &&
        range.contains(symbol.value))
      return &symbol;
  return nullptr;
}

/// Where, after \p address in \p segment, the first thing begins that a header
/// or the dynamic table describes, if there are section headers; else \p
/// address.
static uint64_t unusedUntil(const Image &image, const Segment &segment,
                            uint64_t address) {
  uint64_t end = UINT64_MAX;
  const auto take = [&](const AddressRange &range) {
    if (!range.empty() && range.end() > address)
      end = std::min(end, std::max(range.address, address));
  };
  for (const Section &section : image.sections)
    if (section.flags & SHF_ALLOC)
      take({section.address, section.size});
  if (end >= segment.addressEnd())
    return address;
  for (const DynamicTable &table : image.tables())
    take(table.range);
  for (const Segment &other : image.segments)
    if (other.type != PT_LOAD && other.type != PT_NULL)
      take({other.address, other.fileSize});
  return end;
}

Expected<HeaderRoom> openHeaders(const Image &image, unsigned count,
                                 uint64_t wanted, bool mayMoveStrings) {
  HeaderRoom out;
  if (!count && !wanted)
    return out;
  const uint64_t table = image.segmentTableOffset;
  const uint64_t size = image.segments.size() * headerSize(image);
  const auto holder = find_if(image.loadable, [&](uint32_t index) {
    const Segment &segment = image.segments[index];
    return table >= segment.offset &&
           table + size <= segment.offset + segment.fileSize;
  });
  if (holder == image.loadable.end())
    return error("the program headers are not in a loadable segment");
  const Segment &segment = image.segments[*holder];
  const uint64_t oldEnd = segment.address + (table - segment.offset) + size;
  const uint64_t newEnd = oldEnd + count * headerSize(image);

  const std::vector<Movable> movables = findMovables(image, mayMoveStrings);
  auto next = find_if(movables, [&](const Movable &item) {
    return item.range.address >= oldEnd;
  });
  // patchelf leaves remains of what it has moved from there.
  uint64_t end = std::max(oldEnd, unusedUntil(image, segment, oldEnd));
  if (next != movables.end())
    end = std::min(end, next->range.address);
  for (; end < newEnd + wanted; ++next) {
    const uint64_t begin =
        next == movables.end() ? UINT64_MAX : next->range.address;
    if (begin - end > kMostPadding ||
        any_of(image.contentsAt(end, begin - end),
               [](uint8_t byte) { return byte != 0; }))
      return error("no room for {0} more program headers: what is at address "
                   "{1:x} cannot move",
                   count, end);
    // It is large, and not worth moving for what only would be better here.
    if (end >= newEnd && next->range.address == image.symbolTable.address)
      return error("the dynamic symbols are in the way");
    if (const DynamicSymbol *symbol = symbolIn(image, next->range))
      return error("no room for more program headers: symbol '{0}' is at "
                   "{1:x}, in what would have to move",
                   image.name(*symbol), symbol->value);
    out.moving.push_back(next->range);
    out.alignment = std::max(out.alignment, next->alignment);
    end = next->range.end();
  }
  out.opened = {newEnd, end - newEnd};
  return out;
}

void moveTables(ImageEdit &edit, ArrayRef<TableMove> moves) {
  append_range(edit.moves, moves);
  // What was moved before is where it goes already.
  const auto newAddress = [&](uint64_t address) {
    return addressAfter(moves, address);
  };
  for (Segment &segment : edit.segments)
    // RELRO is a range of pages, and not what is there.
    if (!is_contained({PT_LOAD, PT_PHDR, PT_GNU_RELRO}, segment.type) &&
        segment.fileSize)
      segment.address = segment.physicalAddress = newAddress(segment.address);
  for (Section &section : edit.sections)
    if ((section.flags & SHF_ALLOC) && section.size)
      section.address = newAddress(section.address);
  for (int64_t tag : {DT_GNU_HASH, DT_HASH, DT_SYMTAB, DT_STRTAB, DT_VERSYM})
    if (const std::optional<uint64_t> value = edit.dynamicValue(tag))
      edit.setDynamic(tag, newAddress(*value));
  for (const TableMove &move : moves)
    edit.write(move.to,
               edit.image.contentsAt(move.from.address, move.from.size));
}

} // namespace objprelink
