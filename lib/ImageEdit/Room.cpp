//===- Room.cpp - memory for what a rewrite adds -------------------------===//
//
// The program headers stay where they are: strip, objcopy, patchelf and AT_PHDR
// rely on it. A longer table overwrites what follows it: interpreter name,
// notes, hash tables, lld's and gold's .dynsym. Their contents move to another
// place, and the headers and the dynamic table follow. But code may know the
// old place: each Qt 6 plugin has a function that returns the address of a
// note, by a distance without a relocation. So References.cpp searches all code
// for distances, and all data for addresses and distances, that lead into the
// bytes that would be overwritten; these stay where they are if there is a hit,
// a symbol, or a note of a kind that is not known. Of 127 files in the Qt 6
// folders of a Debian desktop 41 are refused for that reason, 90 with
// --override-bind-now --lazy=all: their metadata is a note right behind the
// headers, and their longer relocation tables mostly fit no old segment.
//
// Where the table has no room, an entry that is of no use is given up (PT_NULL,
// the PT_NOTE of a property note beside PT_GNU_PROPERTY, PT_PHDR in a library),
// new words go behind .bss, and a note that must stay where it is gets a copy
// in front of the new one. If there is still no room, the result is a NoRoom,
// and the caller may ask for less.
//
// Freed tables and the rests of last pages are used first. Additions that find
// no place there get one new segment for each kind of access: each costs the
// loader a mapping, and no byte may be mapped with another's permissions.
//
// Other tools go by order. dwz needs contents that are not loaded to be last,
// in the file and among the headers; patchelf reads section headers in the
// order of addresses and moves everything behind the program headers, so no
// code and no DT_RELR is put there; llvm-objcopy takes a note that begins a
// segment for its owner. New segments are placed and headers sorted so;
// test/Image/survive.py tries each tool after a rewrite and before.
//
//===----------------------------------------------------------------------===//

#include "ImageEdit/Room.h"
#include "ImageEdit/HeaderRoom.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

/// Displacements have 32 bits and a sign; what is added comes behind it all.
static constexpr uint64_t kMostMemory = 0x7f000000;

/// As much of .bss comes into the file at most, for a segment that goes on
/// behind it.
static constexpr uint64_t kMostZeros = 0x10000;

namespace {
/// Memory to be given out, from its beginning.
struct Pool {
  enum class Kind : uint8_t { Opened, Freed, Slack, Tail, New };
  Kind kind = Kind::Freed;
  uint32_t flags = 0;
  uint64_t begin = 0;
  uint64_t end = 0;
  uint64_t used = 0; ///< what was given out ends here
};

/// Where everything goes.
struct Places {
  /// What moves from behind the program headers, and where to.
  std::vector<AddressRange> moving;
  std::vector<Addition> moves;
  std::vector<Pool> pools;
  /// Of each of the additions.
  std::vector<uint64_t> addresses;
  /// How many program headers are given up.
  unsigned givenUp = 0;
};

class RoomMaker {
public:
  RoomMaker(ImageEdit &edit, References &references, const RoomOptions &options)
      : edit(edit), image(edit.image), references(references),
        options(options) {
    if (options.saveHeaders)
      spare = findSpareHeaders(image);
  }
  Error run();

private:
  Error findPlaces(bool split);
  void findPools(const AddressRange &opened);
  void addSlack(const Segment &segment);
  void addTail();
  bool suits(uint32_t flags, const Addition &wanted, Pool::Kind kind) const;
  bool place(Addition &wanted);
  uint64_t endOfMemory() const;
  std::optional<uint32_t> placeAll();
  uint64_t fileLimit(uint64_t offset) const;
  bool reachesEnd(const Pool &pool, const Segment &segment) const;
  Pool *poolToSplit();
  void applyPools();
  uint64_t cutPool(const Pool &pool, bool split);

  ImageEdit &edit;
  const Image &image;
  References &references;
  const RoomOptions &options;
  /// Indices of program headers that may be given up.
  std::vector<uint32_t> spare;
  /// What the read-only tables of the image have: PF_R, with PF_X where it does
  /// not keep code apart.
  uint32_t readFlags = PF_R;
  Places places;
  /// Access of the segments to be added.
  std::vector<uint32_t> newFlags;
};
} // namespace

/// Where in the file, at \p offset or after it, the next thing begins.
uint64_t RoomMaker::fileLimit(uint64_t offset) const {
  uint64_t limit = image.bytes.size();
  const auto take = [&](uint64_t begin, uint64_t size) {
    if (size && begin + size > offset)
      limit = std::min(limit, std::max(begin, offset));
  };
  for (uint32_t index : image.loadable)
    take(image.segments[index].offset, image.segments[index].fileSize);
  // One may begin earlier by now. New ones have no offset yet.
  for (const Segment &segment : edit.segments)
    if (segment.type == PT_LOAD && segment.offset)
      take(segment.offset, segment.fileSize);
  for (const Section &section : image.sections)
    if (section.hasBytes())
      take(section.offset, section.size);
  if (!image.sections.empty())
    take(image.sectionTableOffset, 1);
  return limit;
}

/// The rest of the last page of \p segment, if it is nobody's.
void RoomMaker::addSlack(const Segment &segment) {
  if (segment.fileSize != segment.memorySize || !segment.fileSize)
    return;
  const uint64_t end = segment.addressEnd();
  uint64_t room = offsetToAlignment(end, Align(Image::kPageSize));
  for (uint32_t index : image.loadable)
    if (image.segments[index].address >= end)
      room = std::min(room, image.segments[index].address - end);
  const uint64_t fileEnd = segment.offset + segment.fileSize;
  const Bytes bytes =
      image.bytes.slice(fileEnd, std::min(room, fileLimit(fileEnd) - fileEnd));
  room = find_if(bytes, [](uint8_t byte) { return byte; }) - bytes.begin();
  if (room)
    places.pools.push_back(
        {Pool::Kind::Slack, segment.flags, end, end + room, end});
}

/// What follows the last segment, which is writable and the last in the file.
void RoomMaker::addTail() {
  const Segment &last = image.segments[image.loadable.back()];
  const uint64_t begin = endOfMemory();
  const bool isLast = none_of(image.loadable, [&](uint32_t index) {
    return image.segments[index].offset > last.offset;
  });
  if (!isLast || last.flags != (PF_R | PF_W) || !last.fileSize ||
      begin - last.address - last.fileSize > kMostZeros)
    return;
  // It goes on in its own last page, too.
  erase_if(places.pools, [&](const Pool &pool) {
    return pool.kind == Pool::Kind::Slack && pool.begin == last.addressEnd();
  });
  places.pools.push_back(
      {Pool::Kind::Tail, last.flags, begin, begin + kMostMemory, begin});
}

/// Ranges that follow one another as one: tables of LLD's do.
static std::vector<AddressRange> joined(std::vector<AddressRange> ranges) {
  llvm::sort(ranges, [](const AddressRange &a, const AddressRange &b) {
    return a.address < b.address;
  });
  std::vector<AddressRange> out;
  for (const AddressRange &range : ranges)
    if (!out.empty() && out.back().end() == range.address)
      out.back().size += range.size;
    else if (!range.empty())
      out.push_back(range);
  return out;
}

void RoomMaker::findPools(const AddressRange &opened) {
  places.pools.clear();
  const auto add = [&](Pool::Kind kind, const AddressRange &range) {
    const uint32_t flags = image.segmentAt(range.address)->flags;
    places.pools.push_back({kind, flags & (PF_R | PF_W | PF_X), range.address,
                            range.end(), range.address});
  };
  if (!opened.empty())
    add(Pool::Kind::Opened, opened);
  for (const AddressRange &range : joined(edit.freed))
    add(Pool::Kind::Freed, range);
  for (uint32_t index : image.loadable)
    addSlack(image.segments[index]);
  if (options.saveHeaders)
    addTail();
}

/// Tables may be where the image has its own, with code if it does so.
bool RoomMaker::suits(uint32_t flags, const Addition &wanted,
                      Pool::Kind kind) const {
  return flags == wanted.access ||
         (wanted.access == PF_R && flags == readFlags) ||
         (options.saveHeaders && wanted.mayBeWithCode &&
          kind == Pool::Kind::New && flags == (PF_R | PF_X));
}

bool RoomMaker::place(Addition &wanted) {
  if (!wanted.size || wanted.isPlaced)
    return true;
  for (Pool &pool : places.pools) {
    if (!suits(pool.flags, wanted, pool.kind))
      continue;
    if (wanted.awayFromHeaders && pool.kind == Pool::Kind::Opened)
      continue;
    const uint64_t at = alignTo(pool.used, Align(wanted.alignment));
    if (at > pool.end || wanted.size > pool.end - at)
      continue;
    // What ld.so makes read-only is no place for words that change.
    if ((wanted.access & PF_W) && at < image.relro.end() &&
        image.relro.address < at + wanted.size)
      continue;
    wanted.address = at;
    pool.used = at + wanted.size;
    return true;
  }
  return false;
}

/// RELRO may end after the last segment: linkers round it up to large pages.
uint64_t RoomMaker::endOfMemory() const {
  uint64_t end = image.relro.end();
  for (uint32_t index : image.loadable)
    end = std::max(end, image.segments[index].addressEnd());
  return end;
}

/// Returns the access of the segment that is missing, if one is.
std::optional<uint32_t> RoomMaker::placeAll() {
  std::vector<Addition *> order;
  for (Addition &move : places.moves)
    order.push_back(&move);
  for (Addition &addition : edit.additions)
    order.push_back(&addition);
  // Small things first, so that old notes stay near the headers too.
  llvm::stable_sort(order, [](const Addition *a, const Addition *b) {
    return std::pair(!a->nearHeaders, a->size) <
           std::pair(!b->nearHeaders, b->size);
  });
  std::vector<Addition *> homeless;
  for (Addition *addition : order)
    if (!place(*addition))
      homeless.push_back(addition);

  uint64_t top = endOfMemory();
  for (const Pool &pool : places.pools)
    if (pool.kind == Pool::Kind::Tail)
      top = std::max(top, pool.used);
  for (uint32_t flags : newFlags) {
    // What a round before this one had no place for may have found one, in the
    // room of what moved for one more program header.
    if (none_of(homeless, [](Addition *a) { return a->access & PF_X; }))
      flags &= ~PF_X;
    if (none_of(homeless,
                [&](Addition *a) { return suits(flags, *a, Pool::Kind::New); }))
      continue;
    top = alignTo(top, Image::kPageSize);
    // llvm-objcopy takes a note at the beginning of a segment for what holds
    // the segment, if its header comes first, and aligns it as a note.
    places.pools.push_back({Pool::Kind::New, flags, top, UINT64_MAX,
                            top + (flags & (PF_X | PF_W) ? 0 : 16)});
    erase_if(homeless, [&](Addition *addition) { return place(*addition); });
    top = places.pools.back().used;
  }
  // Code first: what else has no place may go with it.
  const auto missing = max_element(homeless, [](Addition *a, Addition *b) {
    return std::pair(a->access & PF_X, a->access) <
           std::pair(b->access & PF_X, b->access);
  });
  return missing == homeless.end() ? std::nullopt
                                   : std::optional((*missing)->access);
}

/// Finds a place for everything; with \p split, and for one program header
/// more.
Error RoomMaker::findPlaces(bool split) {
  unsigned needed = split ? 1 : 0;
  uint64_t wanted = 0;
  // A caller has other plans for the strings if one of the additions has.
  bool mayMoveStrings = true;
  for (const Addition &addition : edit.additions) {
    needed += addition.needsHeader;
    if (addition.nearHeaders)
      wanted += alignTo(addition.size, Align(addition.alignment)) +
                addition.alignment;
    mayMoveStrings &=
        (addition.replaces.empty() ||
         addition.replaces.address != image.stringTable.address) &&
        (addition.leads.empty() ||
         addition.leads.address != image.versionTable.address);
  }
  newFlags.clear();
  // Each round finds one segment missing, until none is.
  while (true) {
    const unsigned count = needed + newFlags.size();
    places.givenUp = std::min<unsigned>(count, spare.size());
    Expected<HeaderRoom> room = openHeaders(
        image, references, count - places.givenUp, wanted, mayMoveStrings);
    if (!room)
      return room.takeError();
    places.moving = room->moving;
    erase_if(places.moving, [&](const AddressRange &range) {
      return any_of(edit.additions, [&](const Addition &addition) {
        return !addition.leads.empty() &&
               addition.leads.address == range.address;
      });
    });
    places.moves.clear();
    for (const AddressRange &range : places.moving) {
      Addition move;
      move.size = range.size;
      move.alignment = room->alignment;
      places.moves.push_back(std::move(move));
    }
    findPools(room->opened);
    const std::optional<uint32_t> missing = placeAll();
    if (!missing)
      break;
    newFlags.push_back(*missing);
    llvm::sort(newFlags);
  }
  places.addresses.clear();
  for (const Addition &addition : edit.additions)
    places.addresses.push_back(addition.address);
  return Error::success();
}

/// Whether nothing of \p segment follows \p pool.
bool RoomMaker::reachesEnd(const Pool &pool, const Segment &segment) const {
  return pool.end == segment.addressEnd() &&
         segment.fileSize == segment.memorySize;
}

/// The freed pages in the middle of a segment that are worth being cut out.
Pool *RoomMaker::poolToSplit() {
  for (Pool &pool : places.pools)
    if (pool.kind == Pool::Kind::Freed && pool.end - pool.used >= kWorthASplit)
      if (const Segment *segment = image.segmentAt(pool.begin);
          segment && !reachesEnd(pool, *segment))
        return &pool;
  return nullptr;
}

/// Takes what is left of \p pool out of the file, as far as it is whole pages:
/// what follows keeps its place in a page of the largest alignment. Returns
/// where that begins, or the end of the pool.
uint64_t RoomMaker::cutPool(const Pool &pool, bool split) {
  const auto segment = find_if(edit.segments, [&](const Segment &candidate) {
    return candidate.type == PT_LOAD && pool.begin >= candidate.address &&
           pool.begin - candidate.address < candidate.fileSize;
  });
  uint64_t unit = Image::kPageSize;
  for (uint32_t index : image.loadable)
    unit = std::max(unit, image.segments[index].alignment);
  const uint64_t delta = segment->address - segment->offset;
  const uint64_t begin = alignTo(pool.used, Image::kPageSize);

  const bool atEnd = reachesEnd(pool, *segment);
  const uint64_t limit = atEnd ? fileLimit(pool.end - delta) + delta : pool.end;
  if (limit < begin)
    return pool.end;
  const uint64_t size = alignDown(limit - begin, unit);
  if (atEnd) {
    // An empty segment would be worse than a few bytes.
    segment->fileSize = segment->memorySize =
        std::max(pool.used, segment->address + 1) - segment->address;
  } else if (split && size) {
    Segment rest = *segment;
    const uint64_t skipped = begin + size - segment->address;
    rest.address = rest.physicalAddress = begin + size;
    rest.offset += skipped;
    rest.fileSize -= skipped;
    rest.memorySize -= skipped;
    segment->fileSize = segment->memorySize = pool.used - segment->address;
    edit.segments.insert(std::next(segment), rest);
  }
  if (!size || !(atEnd || split))
    return pool.end;
  edit.cut(begin - delta, size);
  return begin;
}

void RoomMaker::applyPools() {
  for (const Pool &pool : places.pools) {
    // strip would clear what no section has, and the hash would be wrong.
    if (pool.kind == Pool::Kind::Opened)
      edit.writeZeros(pool.begin, pool.end - pool.begin);
    if (pool.used == pool.begin)
      continue;
    if (pool.kind == Pool::Kind::New)
      edit.addSegment(pool.begin, pool.used - pool.begin, pool.flags);
    if (pool.kind == Pool::Kind::Slack)
      edit.extendSegment(pool.begin, pool.used);
    if (pool.kind == Pool::Kind::Tail)
      edit.extendLastSegment(pool.used);
  }
}

Error RoomMaker::run() {
  const uint64_t first = image.segments[image.loadable.front()].address;
  if (endOfMemory() - first > kMostMemory)
    return error("its memory is from {0:x} to {1:x}, more than new code can "
                 "reach",
                 first, endOfMemory());
  if (const Segment *segment = image.segmentAt(image.symbolTable.address);
      segment && !(segment->flags & PF_W))
    readFlags |= segment->flags & PF_X;
  if (Error e = findPlaces(/*split=*/false))
    return e;
  Pool *toSplit = options.cutPages ? poolToSplit() : nullptr;
  if (toSplit) {
    // It may be that the header has no room, or takes so much of it that the
    // pages are used after all.
    const Places whole = places;
    if (Error e = findPlaces(/*split=*/true)) {
      consumeError(std::move(e));
      places = whole;
      toSplit = nullptr;
    } else {
      toSplit = poolToSplit();
    }
  }
  for (auto [addition, address] : zip_equal(edit.additions, places.addresses))
    addition.address = address;
  for (uint32_t index : reverse(ArrayRef(spare).take_front(places.givenUp)))
    edit.segments.erase(edit.segments.begin() + index);
  applyPools();
  std::vector<TableMove> tables;
  for (auto [range, move] : zip_equal(places.moving, places.moves))
    tables.push_back({range, move.address});
  for (const Addition &addition : edit.additions)
    if (!addition.leads.empty())
      tables.push_back({addition.leads, addition.address});
  moveTables(edit, tables);
  for (const Pool &pool : places.pools)
    if (pool.kind == Pool::Kind::Freed) {
      const uint64_t cutFrom =
          options.cutPages ? cutPool(pool, &pool == toSplit) : pool.end;
      edit.writeZeros(pool.used, std::min(cutFrom, pool.end) - pool.used);
    }
  return Error::success();
}

Error makeRoom(ImageEdit &edit, References &references,
               const RoomOptions &options) {
  return RoomMaker(edit, references, options).run();
}

} // namespace objprelink
