//===- VerifySegments.cpp - program headers of two images -----------------===//
//
// readImage has proven that loadable segments neither overlap nor leave the
// file, and that pages are congruent. This file checks that each old segment
// has its equal, and that new ones are few, lie above all old ones, and are
// never both writable and executable. RELRO may have more at its beginning.
//
//===----------------------------------------------------------------------===//

#include "ImageVerifier/Comparison.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Alignment.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

static constexpr size_t kMostNewHeaders = 5;
static constexpr size_t kMostNewLoadable = 3;

const Segment *findSegment(const Image &image, uint32_t type) {
  const auto found = find_if(image.segments, [&](const Segment &segment) {
    return segment.type == type;
  });
  return found == image.segments.end() ? nullptr : &*found;
}

static std::string nameOf(uint32_t type) {
  switch (type) {
  case PT_LOAD:
    return "PT_LOAD";
  case PT_DYNAMIC:
    return "PT_DYNAMIC";
  case PT_INTERP:
    return "PT_INTERP";
  case PT_NOTE:
    return "PT_NOTE";
  case PT_PHDR:
    return "PT_PHDR";
  case PT_TLS:
    return "PT_TLS";
  case PT_GNU_EH_FRAME:
    return "PT_GNU_EH_FRAME";
  case PT_GNU_STACK:
    return "PT_GNU_STACK";
  case PT_GNU_RELRO:
    return "PT_GNU_RELRO";
  case PT_GNU_PROPERTY:
    return "PT_GNU_PROPERTY";
  default:
    return formatv("segment of type {0:x}", type);
  }
}

/// Not loadable, and of use to someone.
static std::vector<const Segment *> others(const Image &image) {
  std::vector<const Segment *> out;
  for (const Segment &segment : image.segments)
    if (segment.type != PT_LOAD && segment.type != PT_NULL)
      out.push_back(&segment);
  stable_sort(out, [](const Segment *a, const Segment *b) {
    return a->type < b->type;
  });
  return out;
}

namespace {
class SegmentComparison {
public:
  explicit SegmentComparison(const Comparison &c)
      : before(c.before), after(c.after), note(c.note),
        changing{c.buildId, c.noteRoom},
        firstWritable(findFirstWritable(c.before)) {}
  Error run();

private:
  static const Segment *findFirstWritable(const Image &image);
  bool beginsEarlier(const Segment &now) const;
  Error checkBegin(const Segment &now) const;
  Error compareLoadable();
  Error comparePiece(const Segment &old, const Segment &now, bool isFirst,
                     bool isLast);
  Error checkNew(const Segment &now);
  Error checkPages();
  Error compareOthers();
  bool isSpare(const Segment &old) const;
  Error compareOther(const Segment &old, const Segment &now);
  Error compareContents(const Segment &old, const Segment &now, bool mayGrow);
  Error checkOffset(const Segment &now);

  const Image &before;
  const Image &after;
  const FoundNote &note;
  const AddressRange changing[2];
  /// Of OLD, or null: the one that RELRO is in.
  const Segment *const firstWritable;
};
} // namespace

const Segment *SegmentComparison::findFirstWritable(const Image &image) {
  for (uint32_t index : image.loadable)
    if (image.segments[index].flags & PF_W)
      return &image.segments[index];
  return nullptr;
}

/// Whether \p now is the first writable segment, and has memory before it.
bool SegmentComparison::beginsEarlier(const Segment &now) const {
  return firstWritable && now.address < firstWritable->address &&
         firstWritable->address < now.addressEnd();
}

/// It may begin earlier in its page, where RELRO begins with it, and where the
/// file has zeros that no header describes.
Error SegmentComparison::checkBegin(const Segment &now) const {
  const Segment &old = *firstWritable;
  const auto refuse = [&](const Twine &why) {
    return error("PT_LOAD at {0:x} was at {1:x}, {2}", now.address, old.address,
                 why.str());
  };
  if (now.address < alignDown(old.address, Image::kPageSize))
    return refuse("in another page");
  const Segment *relro = findSegment(before, PT_GNU_RELRO);
  if (!relro || relro->address != old.address)
    return refuse("where RELRO does not begin");
  const uint64_t size = old.address - now.address;
  const uint64_t begin = old.offset - size;
  const auto isThere = [&](uint64_t offset, uint64_t length) {
    return length && offset < old.offset && begin < offset + length;
  };
  for (const Segment &other : before.segments)
    if (other.type != PT_NULL && isThere(other.offset, other.fileSize))
      return refuse(nameOf(other.type) + " is before it");
  for (auto [index, section] : enumerate(before.sections))
    if (section.hasBytes() && isThere(section.offset, section.size))
      return refuse(before.describe(index) + " is before it");
  const auto isZero = [](uint8_t byte) { return byte == 0; };
  if (!all_of(before.bytes.slice(begin, size), isZero) ||
      !all_of(after.bytes.slice(now.offset, size), isZero))
    return refuse("and bytes before it are not zero");
  return Error::success();
}

Error SegmentComparison::comparePiece(const Segment &old, const Segment &now,
                                      bool isFirst, bool isLast) {
  if (now.flags != old.flags)
    return error("PT_LOAD at {0:x}: flags {1:x} were {2:x}", now.address,
                 now.flags, old.flags);
  if (now.alignment != old.alignment)
    return error("PT_LOAD at {0:x}: alignment {1:x} was {2:x}", now.address,
                 now.alignment, old.alignment);
  if (now.physicalAddress - now.address != old.physicalAddress - old.address)
    return error("PT_LOAD at {0:x}: physical address {1:x} was {2:x}",
                 now.address, now.physicalAddress, old.physicalAddress);
  const bool isWhole =
      isFirst && isLast && now.addressEnd() >= old.addressEnd();
  if (!isWhole && !note.has(noteoption::kPackRelr) &&
      !note.has(noteoption::kPrerelocate))
    return error("PT_LOAD at {0:x}: {1:x} bytes at {2:x} were {3:x}",
                 old.address, now.memorySize, now.address, old.memorySize);
  return Error::success();
}

Error SegmentComparison::checkNew(const Segment &now) {
  if (now.flags != PF_R && now.flags != (PF_R | PF_X) &&
      now.flags != (PF_R | PF_W))
    return error("new PT_LOAD at {0:x}: flags {1:x}", now.address, now.flags);
  if (now.alignment < Image::kPageSize)
    return error("new PT_LOAD at {0:x}: alignment {1:x} is less than a page",
                 now.address, now.alignment);
  return Error::success();
}

Error SegmentComparison::compareLoadable() {
  const ArrayRef<uint32_t> olds = before.loadable;
  size_t index = 0, pieces = 0, added = 0;
  for (auto [position, number] : enumerate(after.loadable)) {
    const Segment &now = after.segments[number];
    const bool isEarlier = beginsEarlier(now);
    const uint64_t begin = isEarlier ? firstWritable->address : now.address;
    // To the last old segment that begins at or below it.
    while (index + 1 < olds.size() &&
           before.segments[olds[index + 1]].address <= begin) {
      if (!pieces)
        return error("PT_LOAD at {0:x} is missing",
                     before.segments[olds[index]].address);
      ++index;
      pieces = 0;
    }
    const Segment &old = before.segments[olds[index]];
    const bool isFirst = begin == old.address;
    if (!pieces && !isFirst)
      return error("PT_LOAD at {0:x} was at {1:x}", now.address, old.address);
    if (isEarlier)
      if (Error e = checkBegin(now))
        return e;
    // Empty segments begin at their end.
    if (pieces && begin >= old.addressEnd()) {
      if (index + 1 < olds.size())
        return error("new PT_LOAD at {0:x} is below the old one at {1:x}",
                     now.address, before.segments[olds[index + 1]].address);
      if (++added > kMostNewLoadable)
        return error("more than {0} new PT_LOADs", kMostNewLoadable);
      if (Error e = checkNew(now))
        return e;
      continue;
    }
    if (++pieces > 2)
      return error("PT_LOAD at {0:x} is in more than two pieces", old.address);
    const bool isLast = position + 1 == after.loadable.size() ||
                        after.segments[after.loadable[position + 1]].address >=
                            old.addressEnd();
    if (Error e = comparePiece(old, now, isFirst, isLast))
      return e;
  }
  if (index + 1 != olds.size())
    return error("PT_LOAD at {0:x} is missing",
                 before.segments[olds[index + 1]].address);
  return checkPages();
}

/// Segments that share a page in memory get the rights of the later one. Some
/// linkers make such images; a rewrite does not.
Error SegmentComparison::checkPages() {
  uint64_t lastEnd = 0;
  for (uint32_t number : after.loadable) {
    const Segment &now = after.segments[number];
    const uint64_t begin = alignDown(now.address, Image::kPageSize);
    if (begin < lastEnd) {
      const Segment *old = before.segmentAt(now.address);
      const Segment *previous =
          begin == now.address ? nullptr : before.segmentAt(begin);
      if (!old || !previous || previous == old)
        return error("PT_LOAD at {0:x} shares a page with the one before it",
                     now.address);
    }
    const uint64_t end = now.addressEnd();
    lastEnd = end > UINT64_MAX - Image::kPageSize
                  ? end
                  : alignTo(end, Image::kPageSize);
  }
  return Error::success();
}

/// Program headers say where a thing is twice; both must lead to it.
Error SegmentComparison::checkOffset(const Segment &now) {
  if (!now.fileSize)
    return Error::success();
  const Bytes contents = after.contentsAt(now.address, now.fileSize);
  if (contents.empty() ||
      uint64_t(contents.data() - after.bytes.data()) != now.offset)
    return error("{0}: offset {1:x} is not that of address {2:x}",
                 nameOf(now.type), now.offset, now.address);
  return Error::success();
}

Error SegmentComparison::compareContents(const Segment &old, const Segment &now,
                                         bool mayGrow) {
  if (mayGrow
          ? now.fileSize < old.fileSize || now.memorySize < old.memorySize
          : now.fileSize != old.fileSize || now.memorySize != old.memorySize)
    return error("{0} at {1:x}: {2:x} bytes were {3:x}", nameOf(now.type),
                 now.address, now.fileSize, old.fileSize);
  const Bytes was = before.contentsAt(old.address, old.fileSize);
  if (was.size() != old.fileSize)
    return now.address == old.address
               ? Error::success()
               : error("{0} moved from {1:x} to {2:x}", nameOf(now.type),
                       old.address, now.address);
  const Bytes is = after.contentsAt(now.address, old.fileSize);
  const auto mayChange = [&](uint64_t address) {
    return any_of(changing, [&](const AddressRange &range) {
      return range.contains(address);
    });
  };
  bool same = is.size() == was.size();
  for (size_t i = 0; same && i < was.size(); ++i)
    same = was[i] == is[i] || mayChange(old.address + i);
  if (!same)
    return error("{0} at {1:x}: its contents are not those at {2:x} before",
                 nameOf(now.type), now.address, old.address);
  return now.address == old.address ? Error::success() : checkOffset(now);
}

Error SegmentComparison::compareOther(const Segment &old, const Segment &now) {
  if (now.flags != old.flags || now.alignment != old.alignment)
    return error("{0}: flags {1:x}, alignment {2:x} were {3:x}, {4:x}",
                 nameOf(now.type), now.flags, now.alignment, old.flags,
                 old.alignment);
  switch (old.type) {
  case PT_PHDR: {
    const uint64_t size = after.programHeadersSize();
    if (now.address != old.address || now.fileSize != size ||
        now.memorySize != size)
      return error(
          "PT_PHDR: {0:x} bytes at {1:x}, where {2:x} at {3:x} are due",
          now.fileSize, now.address, size, old.address);
    return checkOffset(now);
  }
  case PT_NOTE:
    return compareContents(old, now, /*mayGrow=*/true);
  case PT_INTERP:
  case PT_GNU_PROPERTY:
    return compareContents(old, now, /*mayGrow=*/false);
  default:
    break;
  }
  // RELRO begins with its segment; the end of that is compared elsewhere.
  const Segment *holder = after.segmentAt(old.address);
  const bool mustFollow = old.type == PT_GNU_RELRO && holder &&
                          beginsEarlier(*holder) &&
                          old.address == firstWritable->address;
  const uint64_t due = mustFollow ? holder->address : old.address;
  const uint64_t more = old.address - due;
  if (now.address != due || now.fileSize != old.fileSize + more ||
      now.memorySize != old.memorySize + more)
    return error(
        "{0}: {1:x} bytes at {2:x} were {3:x} at {4:x}{5}", nameOf(now.type),
        now.memorySize, now.address, old.memorySize, old.address,
        mustFollow ? formatv(", and it must begin at {0:x}", due).str() : "");
  // Old ones may be wrong, then of no use to anyone.
  const Bytes contents = before.contentsAt(old.address, old.fileSize);
  const bool wasRight =
      !contents.empty() &&
      uint64_t(contents.data() - before.bytes.data()) == old.offset;
  return wasRight ? checkOffset(now) : Error::success();
}

/// Whether \p old may be missing: nobody needs PT_PHDR in a library, which has
/// no interpreter, but libraries that it needs or no entry point, and the
/// PT_NOTE of what is in PT_GNU_PROPERTY, too.
bool SegmentComparison::isSpare(const Segment &old) const {
  if (old.type == PT_PHDR)
    return !findSegment(before, PT_INTERP) &&
           (!before.entry || before.dynamicValue(DT_NEEDED));
  const Segment *property = findSegment(before, PT_GNU_PROPERTY);
  return old.type == PT_NOTE && property && property->address == old.address &&
         property->fileSize == old.fileSize &&
         property->alignment == old.alignment;
}

Error SegmentComparison::compareOthers() {
  std::vector<const Segment *> olds = others(before);
  const std::vector<const Segment *> nows = others(after);
  erase_if(olds, [&](const Segment *old) {
    return isSpare(*old) && none_of(nows, [&](const Segment *now) {
             return now->type == old->type && now->alignment == old->alignment;
           });
  });
  const auto missing = [](const Segment &old) {
    return error("{0} at {1:x} is missing", nameOf(old.type), old.address);
  };
  size_t index = 0, newNotes = 0;
  for (const Segment *now : nows) {
    if (index < olds.size() && olds[index]->type < now->type)
      return missing(*olds[index]);
    const bool isNew = index == olds.size() || olds[index]->type != now->type;
    if (!isNew) {
      if (Error e = compareOther(*olds[index++], *now))
        return e;
      continue;
    }
    if (now->type != PT_NOTE || newNotes++)
      return error("new {0} at {1:x}", nameOf(now->type), now->address);
    if (Error e = checkOffset(*now))
      return e;
  }
  return index == olds.size() ? Error::success() : missing(*olds[index]);
}

Error SegmentComparison::run() {
  if (after.segments.size() > before.segments.size() + kMostNewHeaders)
    return error("{0} program headers were {1}", after.segments.size(),
                 before.segments.size());
  if (Error e = compareLoadable())
    return e;
  return compareOthers();
}

Error compareSegments(Comparison &c) {
  return SegmentComparison(c).run();
}

} // namespace objprelink
