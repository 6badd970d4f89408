//===- VerifyMemory.cpp - the memory of two images ------------------------===//
//
// Memory that the other parts did not compare by its meaning is compared byte
// by byte, at its address, whatever the segments and file offsets are. That is
// most of the file, so bytes that the kernel copied are not read again.
//
//===----------------------------------------------------------------------===//

#include "ImageVerifier/Comparison.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

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
  const Bytes is =
      c.after.contents(now).slice(std::min(inSegment, now.fileSize), inFile);
  // Between changed words there are a few bytes only: no need to look up who
  // copied them.
  constexpr uint64_t few = 256;
  const bool same = inFile <= few ? was.take_front(inFile) == is
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
  // Where they have not moved with their notes.
  for (const AddressRange &range : {c.buildId, c.noteRoom})
    if (!range.empty() && !c.structural.intersects(range.address, range.size))
      others.push_back(range);
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
