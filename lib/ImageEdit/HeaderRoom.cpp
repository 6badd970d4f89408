//===- HeaderRoom.cpp - what may move from behind the program headers -----===//
//
// The program header table stays where it is: tools that rewrite files
// afterwards (strip, objcopy, patchelf) rely on it, and so does AT_PHDR. In
// files of GNU ld and mold the interpreter's name, the notes and the hash
// tables follow the table, in files of lld and gold the dynamic symbols.
// Readers that go through headers find these anywhere, so they may move. But
// code may also know where they are: then the memory that the longer table
// would take is not free (References.h). Behind that memory the old bytes stay.
//
//===----------------------------------------------------------------------===//

#include "ImageEdit/HeaderRoom.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

/// More zeros than the first of these are something if a section has them:
/// linkers align by fewer than 16 bytes. More than the second are in any case:
/// so many a linker has reserved for headers, or a rewrite has left.
static constexpr uint64_t kMostPadding = 15, kMostLeft = 64;

namespace {
struct Movable {
  AddressRange range;
  uint64_t alignment = 1;
  /// Whether inputs of the link may have brought it, and symbols for it.
  bool isOfInputs = false;
};
} // namespace

/// By address; those that describe the same bytes are one.
static std::vector<Movable> findMovables(const Image &image, bool withStrings) {
  std::vector<Movable> found;
  const auto add = [&](const AddressRange &range, uint64_t alignment,
                       bool isOfInputs = false) {
    if (!image.contentsAt(range.address, range.size).empty())
      found.push_back({range, std::max<uint64_t>(alignment, 1), isOfInputs});
  };
  for (const Segment &segment : image.segments)
    if (is_contained({PT_INTERP, PT_NOTE, PT_GNU_PROPERTY}, segment.type) &&
        segment.fileSize == segment.memorySize)
      // A hostile alignment must not blow up the output.
      add({segment.address, segment.fileSize},
          std::min(segment.alignment, Image::kPageSize), /*isOfInputs=*/true);
  add(image.gnuHashTable, image.wordSize());
  add(image.hashTable, image.wordSize());
  add(image.symbolTable, image.wordSize());
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
    last.isOfInputs |= item.isOfInputs;
  }
  return out;
}

static bool holdsNotes(const Image &image, const AddressRange &range) {
  return any_of(image.segments, [&](const Segment &segment) {
    return segment.type == PT_NOTE && range.contains(segment.address);
  });
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

namespace {
/// Goes from thing to thing behind the program headers.
class Opener {
public:
  Opener(const Image &image, References &references, unsigned count,
         bool mayMoveStrings)
      : image(image), references(references), count(count),
        movables(findMovables(image, mayMoveStrings)) {}
  Expected<HeaderRoom> run(uint64_t wish);

private:
  std::string obstacle() const;
  bool isWorthMoving(const Movable &item) const;
  void takeNext();

  const Image &image;
  References &references;
  const unsigned count;
  const std::vector<Movable> movables;
  std::vector<Movable>::const_iterator next;
  /// What was taken so far ends here.
  uint64_t end = 0;
  HeaderRoom out;
};
} // namespace

/// Whether nothing is in \p range.
static bool isPadding(const Image &image, const AddressRange &range) {
  const auto isInSection = [&] {
    return any_of(image.sections, [&](const Section &section) {
      return (section.flags & SHF_ALLOC) && section.size &&
             section.address < range.end() &&
             range.address < section.address + section.size;
    });
  };
  if (range.size > kMostLeft || (range.size > kMostPadding && isInSection()))
    return false;
  return all_of(image.contentsAt(range.address, range.size),
                [](uint8_t byte) { return byte == 0; });
}

/// Why what comes next must stay, or nothing.
std::string Opener::obstacle() const {
  if (next == movables.end() ||
      !isPadding(image, {end, next->range.address - end}))
    return formatv("what is at address {0:x} cannot move", end);
  if (!areMovableNotes(image, next->range))
    return formatv("the notes at {0:x} are of a kind that code may read at "
                   "their address",
                   next->range.address);
  if (const auto who =
          next->isOfInputs ? references.find(next->range) : std::nullopt)
    return formatv("{0} may refer to what is at {1:x}", *who,
                   next->range.address);
  return "";
}

/// The dynamic symbols are large, and not worth moving for what only would be
/// better here. But a core dump has the first page alone, and the build-id must
/// stay there.
bool Opener::isWorthMoving(const Movable &item) const {
  return item.range.address != image.symbolTable.address ||
         any_of(out.moving, [&](const AddressRange &range) {
           return holdsNotes(image, range);
         });
}

void Opener::takeNext() {
  out.moving.push_back(next->range);
  out.alignment = std::max(out.alignment, next->alignment);
  end = next->range.end();
  ++next;
}

Expected<HeaderRoom> Opener::run(uint64_t wish) {
  const uint64_t tableEnd = image.programHeadersEnd();
  const auto holder = find_if(image.loadable, [&](uint32_t index) {
    const Segment &segment = image.segments[index];
    return image.segmentTableOffset >= segment.offset &&
           tableEnd <= segment.offset + segment.fileSize;
  });
  if (holder == image.loadable.end()) {
    if (!count)
      return HeaderRoom();
    return error("the program headers are not in a loadable segment");
  }
  const Segment &segment = image.segments[*holder];
  const uint64_t oldEnd = segment.address + (tableEnd - segment.offset);
  const uint64_t newEnd = oldEnd + image.programHeadersSize(count);

  next = find_if(movables, [&](const Movable &item) {
    return item.range.address >= oldEnd;
  });
  // patchelf leaves remains of what it has moved from there.
  end = std::max(oldEnd, unusedUntil(image, segment, oldEnd));
  if (next != movables.end())
    end = std::min(end, next->range.address);
  const auto refuse = [&](StringRef why) {
    return error("no room for {0} more program headers: {1}", count, why);
  };
  while (end < newEnd)
    if (const std::string why = obstacle(); !why.empty())
      return refuse(why);
    else
      takeNext();
  const HeaderRoom needed = out;
  const uint64_t neededEnd = end;
  while (end < newEnd + wish) {
    if (next != movables.end() && isWorthMoving(*next) && obstacle().empty()) {
      takeNext();
      continue;
    }
    if (!count)
      return HeaderRoom();
    out = needed;
    end = neededEnd;
    break;
  }
  if (const auto who = references.find({oldEnd, newEnd - oldEnd}))
    return refuse(
        formatv("{0} may refer to what is at {1:x}", *who, oldEnd).str());
  out.opened = {newEnd, end - newEnd};
  if (references.find(out.opened))
    out.opened = {};
  return std::move(out);
}

Expected<HeaderRoom> openHeaders(const Image &image, References &references,
                                 unsigned count, uint64_t wish,
                                 bool mayMoveStrings) {
  if (!count && !wish)
    return HeaderRoom();
  return Opener(image, references, count, mayMoveStrings).run(wish);
}

std::vector<uint32_t> findSpareHeaders(const Image &image) {
  const auto has = [&](uint32_t type) {
    return any_of(image.segments,
                  [&](const Segment &s) { return s.type == type; });
  };
  std::vector<uint32_t> out;
  for (auto [index, segment] : enumerate(image.segments)) {
    const bool isProperty =
        segment.type == PT_NOTE &&
        any_of(image.segments, [&, &note = segment](const Segment &other) {
          return other.type == PT_GNU_PROPERTY &&
                 other.address == note.address &&
                 other.fileSize == note.fileSize &&
                 other.alignment == note.alignment;
        });
    const bool isHeaders = segment.type == PT_PHDR && !has(PT_INTERP) &&
                           (!image.entry || image.dynamicValue(DT_NEEDED));
    if (segment.type == PT_NULL || isProperty || isHeaders)
      out.push_back(index);
  }
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
