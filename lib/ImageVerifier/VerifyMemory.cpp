//===- VerifyMemory.cpp - the memory of two images ------------------------===//
//
// Whatever the other parts did not compare by its meaning is compared byte by
// byte, at its address, segments and file offsets aside. That is most of the
// file, so bytes that the kernel copied are not read again.
//
//===----------------------------------------------------------------------===//

#include "ImageVerifier/Comparison.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"
#include <algorithm>
#include <cstring>

using namespace llvm;
using namespace llvm::ELF;
using support::endian::read32le;

namespace objprelink {

namespace {
/// Looks for the old PLT entries that jump through words which are elsewhere
/// now, and follows them in the new image.
class MovedWords {
public:
  MovedWords(Comparison &c, uint64_t got)
      : c(c), isFound(c.movedWords.size()), got(got) {}
  Error run();

private:
  Error scan(const Segment &segment);
  Error follow(uint64_t at, size_t moved);
  std::optional<uint64_t> wordOf(const uint8_t *code, uint64_t at) const;
  bool isInPlt(uint64_t at) const;

  Comparison &c;
  std::vector<bool> isFound;
  const uint64_t got;
};
} // namespace

/// The word that the six bytes of an indirect jump at \p at lead to. On i386
/// %ebx has the address of the old image's GOT.
std::optional<uint64_t> MovedWords::wordOf(const uint8_t *code,
                                           uint64_t at) const {
  const int64_t field = int32_t(read32le(code + 2));
  if (code[1] == 0x25)
    return c.after.is64 ? at + 6 + field : uint32_t(field);
  if (code[1] == 0xa3 && !c.after.is64)
    return uint32_t(got + field);
  return std::nullopt;
}

bool MovedWords::isInPlt(uint64_t at) const {
  return any_of(c.before.sections, [&](const Section &section) {
    return at - section.address < section.size &&
           c.before.name(section).starts_with(".plt");
  });
}

Error MovedWords::follow(uint64_t at, size_t moved) {
  const PlacedRelocation &old = c.relocationsBefore[c.movedWords[moved]];
  const Bytes was = c.before.contentsAt(at, 6);
  const Bytes is = c.after.contentsAt(at, 6);
  const std::optional<uint64_t> word =
      is.size() == 6 && is.take_front(2) == was.take_front(2)
          ? wordOf(is.data(), at)
          : std::nullopt;
  if (!word)
    return error("the PLT entry at {0:x} is no longer a jump", at);
  const PlacedRelocation *now = c.relocationAfter(*word);
  if (!now || now->type != c.target.jumpSlot || now->symbol != old.symbol)
    return error("the PLT entry at {0:x} jumps through {1:x}, which is not a "
                 "word of {2}",
                 at, *word, c.describeSymbol(old.symbol));
  if (c.before.symbols[old.symbol].isUndefined() &&
      !c.isFromElsewhere(old.symbol))
    return error("the PLT entry at {0:x} is bound late, but no needed library "
                 "is known to have {1}",
                 at, c.describeSymbol(old.symbol));
  // An absolute one would be relocated.
  if (!c.after.is64 && is[1] == 0x25)
    return error("the PLT entry at {0:x} has an absolute address", at);
  c.need(*now);
  isFound[moved] = true;
  c.patchedFields.push_back({at + 2, 4});
  return Error::success();
}

Error MovedWords::scan(const Segment &segment) {
  const Bytes code = c.before.contentsAt(segment.address, segment.fileSize);
  const uint8_t *next = code.begin();
  while (code.end() - next >= 6) {
    next = static_cast<const uint8_t *>(
        std::memchr(next, 0xff, code.end() - next - 5));
    if (!next)
      break;
    const uint8_t *jump = next++;
    const uint64_t at = segment.address + (jump - code.begin());
    const std::optional<uint64_t> word = wordOf(jump, at);
    if (!word)
      continue;
    // Small distances from %ebx are anywhere; linkers align entries.
    if (!c.after.is64 && at % 4 && !isInPlt(at))
      continue;
    const auto found = partition_point(c.movedWords, [&](uint32_t index) {
      return c.relocationsBefore[index].place < *word;
    });
    if (found == c.movedWords.end() ||
        c.relocationsBefore[*found].place != *word ||
        c.structural.intersects(at, 6))
      continue;
    if (Error e = follow(at, found - c.movedWords.begin()))
      return e;
  }
  return Error::success();
}

Error MovedWords::run() {
  for (uint32_t index : c.before.loadable)
    if (c.before.segments[index].flags & PF_X)
      if (Error e = scan(c.before.segments[index]))
        return e;
  for (auto [moved, index] : enumerate(c.movedWords))
    if (!isFound[moved])
      return error("address {0:x}: its relocation ({1}) is missing",
                   c.relocationsBefore[index].place,
                   describe(c, c.relocationsBefore[index]));
  return Error::success();
}

Error checkMovedWords(Comparison &c) {
  if (c.movedWords.empty())
    return Error::success();
  // What old code has in %ebx: linkers do not agree.
  std::vector<uint64_t> candidates = {
      c.before.dynamicValue(DT_PLTGOT).value_or(0)};
  if (!c.before.is64)
    for (const Section &section : c.before.sections)
      if (is_contained({".got", ".got.plt"}, c.before.name(section)))
        candidates.push_back(section.address);
  Error first = Error::success();
  for (uint64_t got : candidates) {
    c.patchedFields.clear();
    Error e = MovedWords(c, got).run();
    if (!e) {
      consumeError(std::move(first));
      return Error::success();
    }
    if (first)
      consumeError(std::move(e));
    else
      first = std::move(e);
  }
  return first;
}

namespace {
class MemoryComparison {
public:
  explicit MemoryComparison(const Comparison &c) : c(c) {}
  Error run();

private:
  Error compareSegment(const Segment &old);
  Error compare(uint64_t address, uint64_t end, const Segment &old);
  Error comparePart(uint64_t address, Bytes was, const Segment &now);
  void skipTo(uint64_t address);

  const Comparison &c;
  /// What may differ, in order, and how far we are.
  std::vector<AddressRange> exempt;
  size_t next = 0;
};
} // namespace

/// Compares bytes that \p now has at \p address; \p was is from there on.
Error MemoryComparison::comparePart(uint64_t address, Bytes was,
                                    const Segment &now) {
  const uint64_t inSegment = address - now.address;
  const uint64_t inFile =
      now.fileSize > inSegment
          ? std::min<uint64_t>(now.fileSize - inSegment, was.size())
          : 0;
  const Bytes is = c.after.bytes.slice(now.offset, now.fileSize)
                       .slice(std::min(inSegment, now.fileSize), inFile);
  // Between changed words there are a few bytes only: no need to look up who
  // copied them.
  constexpr uint64_t few = 256;
  const bool same = inFile <= few ? !std::memcmp(was.data(), is.data(), inFile)
                                  : c.copies.same(was.take_front(inFile), is);
  if (!same) {
    const auto [a, b] = std::mismatch(is.begin(), is.end(), was.begin());
    return error("the byte at {0:x} is {1:x-2} and was {2:x-2}",
                 address + (a - is.begin()), *a, *b);
  }
  const Bytes rest = was.drop_front(inFile);
  const auto *other = find_if(rest, [](uint8_t byte) { return byte; });
  if (other != rest.end())
    return error("the byte at {0:x} is 0 and was {1:x-2}",
                 address + inFile + (other - rest.begin()), *other);
  return Error::success();
}

/// Compares [address, end), which are in the memory of \p old.
Error MemoryComparison::compare(uint64_t address, uint64_t end,
                                const Segment &old) {
  const uint64_t fileEnd = old.address + old.fileSize;
  while (address < end) {
    const Segment *now = c.after.segmentAt(address);
    if (!now)
      return error("address {0:x} is no longer in memory", address);
    uint64_t part = std::min(end, now->addressEnd());
    if (address < fileEnd) {
      part = std::min(part, fileEnd);
      const Bytes was = c.before.bytes.slice(
          old.offset + (address - old.address), part - address);
      if (Error e = comparePart(address, was, *now))
        return e;
    } else if (const uint64_t nowFileEnd = now->address + now->fileSize;
               address < nowFileEnd) {
      // Zeros that are in the file now.
      part = std::min(part, nowFileEnd);
      const Bytes is = c.after.contentsAt(address, part - address);
      const auto *other = find_if(is, [](uint8_t byte) { return byte; });
      if (other != is.end())
        return error("the byte at {0:x} is {1:x-2} and was 0",
                     address + (other - is.begin()), *other);
    }
    address = part;
  }
  return Error::success();
}

Error MemoryComparison::compareSegment(const Segment &old) {
  uint64_t address = old.address;
  const uint64_t end = old.addressEnd();
  while (next < exempt.size() && exempt[next].address < end) {
    if (exempt[next].address > address)
      if (Error e = compare(address, exempt[next].address, old))
        return e;
    address = std::max(address, exempt[next].end());
    // It may go on in the next segment.
    if (exempt[next].end() > end)
      break;
    ++next;
  }
  return address < end ? compare(address, end, old) : Error::success();
}

Error MemoryComparison::run() {
  const auto byAddress = [](const AddressRange &a, const AddressRange &b) {
    return a.address < b.address;
  };
  std::vector<AddressRange> others = c.patchedFields;
  append_range(others, c.structural.list());
  // Where it has not moved with its note.
  if (!c.buildId.empty() &&
      !c.structural.intersects(c.buildId.address, c.buildId.size))
    others.push_back(c.buildId);
  sort(others, byAddress);
  exempt.resize(others.size() + c.changedWords.size());
  std::merge(others.begin(), others.end(), c.changedWords.begin(),
             c.changedWords.end(), exempt.begin(), byAddress);
  for (uint32_t index : c.before.loadable)
    if (Error e = compareSegment(c.before.segments[index]))
      return e;
  return Error::success();
}

Error compareMemory(const Comparison &c) {
  return MemoryComparison(c).run();
}

} // namespace objprelink
