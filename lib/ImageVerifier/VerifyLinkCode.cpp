//===- VerifyLinkCode.cpp - instructions that refer to what has moved -----===//
//
// An instruction of both links may have the same distance only if it and what
// it refers to have moved together. VerifyLinks.cpp looks at what differs; here
// is what does not. Bytes that could be such a distance are found first, which
// are few. Whether they are one is decided by going from the beginning of their
// function to them, one instruction after the other.
//
//===----------------------------------------------------------------------===//

#include "ImageVerifier/LinkParts.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"

using namespace llvm;
using namespace llvm::ELF;
using support::endian::read32le;

namespace objprelink {

namespace {
class CodeComparison {
public:
  CodeComparison(const LinkPair &links, const Decoder &decoder,
                 ArrayRef<AddressRange> functions, const Section &was,
                 const Section &is)
      : links(links), decoder(decoder), functions(functions), was(was),
        slide(is.address - was.address),
        old(links.plain.bytes.slice(was.offset, was.size)),
        fresh(links.now.bytes.slice(is.offset, is.size)) {}
  Error run();

private:
  void find(const AddressRange &range);
  bool mayBeDistance(size_t at) const;
  bool leadsElsewhere(uint64_t to) const {
    return !links.addresses.isSame(to, to + slide);
  }
  size_t beginOfCode(size_t at) const;
  Error check(size_t at);

  const LinkPair &links;
  const Decoder &decoder;
  const ArrayRef<AddressRange> functions;
  const Section &was;
  const uint64_t slide;
  const Bytes old, fresh;
  std::vector<size_t> suspects;
  /// Where an instruction begins, and the function that it is in.
  size_t reached = 0, begin = 0;
};
} // namespace

/// A distance is behind a ModRM byte of mod 0 and rm 5, or the opcode of a call
/// or jump.
bool CodeComparison::mayBeDistance(size_t at) const {
  if (!at)
    return false;
  const uint8_t before = old[at - 1];
  return (before & 0xc7) == 5 || (before & 0xfe) == 0xe8 ||
         ((before & 0xf0) == 0x80 && at > 1 && old[at - 2] == 0x0f);
}

void CodeComparison::find(const AddressRange &range) {
  constexpr uint64_t distanceSize = 4, largestImmediate = 4;
  const AddressRange moved = links.addresses.movedOtherwise(range, slide);
  if (moved.empty())
    return;
  const uint64_t before =
      std::min(moved.address, distanceSize + largestImmediate);
  findPlainDistances(
      old, was.address, 1, {moved.address - before, moved.size + before},
      [&](uint64_t to, uint64_t place) {
        const size_t at = place - was.address;
        if (read32le(&old[at]) == read32le(&fresh[at]) && mayBeDistance(at) &&
            any_of(ArrayRef<uint64_t>{0, 1, 2, largestImmediate},
                   [&](uint64_t immediate) {
                     return leadsElsewhere(to + distanceSize + immediate);
                   }))
          suspects.push_back(at);
      });
}

/// Where the function of \p at begins, or what is between functions.
size_t CodeComparison::beginOfCode(size_t at) const {
  const uint64_t address = was.address + at;
  const auto *next = partition_point(functions, [&](const AddressRange &range) {
    return range.address <= address;
  });
  if (next == functions.begin())
    return 0;
  const AddressRange &function = *std::prev(next);
  const uint64_t from =
      function.contains(address) ? function.address : function.end();
  return from > was.address ? from - was.address : 0;
}

Error CodeComparison::check(size_t at) {
  const size_t from = beginOfCode(at);
  if (from != begin || reached > at)
    begin = reached = from;
  while (reached < at) {
    const std::optional<DecodedInstruction> next =
        decoder.instruction(old.drop_front(reached));
    if (!next)
      return error("the code at {0:x} is not known, and what is at {1:x} may "
                   "refer to what has moved",
                   was.address + reached, was.address + at);
    const size_t end = reached + next->size;
    if (next->field && reached + next->field == at) {
      const uint64_t to =
          was.address + end + int64_t(int32_t(read32le(&old[at])));
      if (leadsElsewhere(to))
        return error("the code at {0:x} refers to {1:x}, which has moved, as "
                     "before",
                     was.address + reached, to);
      return Error::success();
    }
    if (end > at)
      return Error::success();
    reached = end;
  }
  return Error::success();
}

Error CodeComparison::run() {
  find({0, was.address});
  find({was.address + was.size, UINT64_MAX - was.address - was.size});
  sort(suspects);
  for (size_t at : suspects)
    if (Error e = check(at))
      return e;
  return Error::success();
}

Error compareCode(const LinkPair &links, const Decoder &decoder,
                  ArrayRef<AddressRange> functions) {
  for (auto [index, section] : enumerate(links.plain.sections)) {
    if (!(section.flags & SHF_EXECINSTR) ||
        !links.addresses.hasSameContents(index))
      continue;
    const Section &is = links.now.sections[links.addresses.indexNow(index)];
    if (Error e = CodeComparison(links, decoder, functions, section, is).run())
      return e;
  }
  return Error::success();
}

} // namespace objprelink
