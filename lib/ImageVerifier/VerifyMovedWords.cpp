//===- VerifyMovedWords.cpp - old entries of words that are elsewhere -----===//
//
// A word of the PLT that is bound at the first call cannot stay in memory that
// is read-only by then. The old PLT entries that jump through such a word jump
// through its new one instead. This file finds these entries in the old code,
// wherever they are, and follows them in the new image.
//
//===----------------------------------------------------------------------===//

#include "ImageVerifier/Comparison.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

namespace {
/// Finds and follows them; a register of old code has the address \p got.
class MovedWords {
public:
  MovedWords(Comparison &c, uint64_t got)
      : c(c), isFound(c.movedWords.size()), got(got) {}
  Error run();

private:
  void scan(const Segment &segment);
  Error follow(const DecodedJump &was, size_t moved);
  bool isInPlt(uint64_t at) const;

  Comparison &c;
  std::vector<bool> isFound;
  const uint64_t got;
  /// The jumps that lead to moved words, with the indices of these.
  std::vector<std::pair<DecodedJump, size_t>> jumps;
};
} // namespace

bool MovedWords::isInPlt(uint64_t at) const {
  return any_of(c.before.sections, [&](const Section &section) {
    return at - section.address < section.size &&
           c.before.name(section).starts_with(".plt");
  });
}

Error MovedWords::follow(const DecodedJump &was, size_t moved) {
  const PlacedRelocation &old = c.relocationsBefore[c.movedWords[moved]];
  const uint64_t at = was.code.address;
  const uint64_t opcodeSize = was.field.address - at;
  const Bytes code = c.after.contentsAt(at, was.code.size);
  const std::optional<DecodedJump> is =
      code.take_front(opcodeSize) == c.before.contentsAt(at, opcodeSize)
          ? c.decoder.jump(code, at, got)
          : std::nullopt;
  if (!is)
    return error("the PLT entry at {0:x} is no longer a jump", at);
  const PlacedRelocation *now = c.relocationAfter(is->word);
  if (!now || now->type != c.machine.jumpSlot || now->symbol != old.symbol)
    return error("the PLT entry at {0:x} jumps through {1:x}, which is not a "
                 "word of {2}",
                 at, is->word, c.describeSymbol(old.symbol));
  if (c.before.symbols[old.symbol].isUndefined() &&
      !c.isFromElsewhere(old.symbol))
    return error("the PLT entry at {0:x} is bound late, but no needed library "
                 "is known to have {1}",
                 at, c.describeSymbol(old.symbol));
  // An absolute one would be relocated.
  if (is->isAbsolute)
    return error("the PLT entry at {0:x} has an absolute address", at);
  c.need(*now);
  isFound[moved] = true;
  c.patchedFields.push_back(is->field);
  return Error::success();
}

void MovedWords::scan(const Segment &segment) {
  const auto take = [&](const DecodedJump &jump) {
    const uint64_t at = jump.code.address;
    // Small distances from a register are anywhere; linkers align entries.
    if (at % c.decoder.entryAlignment && !isInPlt(at))
      return;
    const auto found = partition_point(c.movedWords, [&](uint32_t index) {
      return c.relocationsBefore[index].place < jump.word;
    });
    if (found != c.movedWords.end() &&
        c.relocationsBefore[*found].place == jump.word &&
        !c.structural.intersects(at, jump.code.size))
      jumps.push_back({jump, found - c.movedWords.begin()});
  };
  c.decoder.findJumps(c.before.contentsAt(segment.address, segment.fileSize),
                      segment.address, got, take);
}

Error MovedWords::run() {
  for (uint32_t index : c.before.loadable)
    if (c.before.segments[index].flags & PF_X)
      scan(c.before.segments[index]);
  for (const auto &[jump, moved] : jumps)
    if (Error e = follow(jump, moved))
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
  Error first = Error::success();
  for (uint64_t got : c.decoder.gots(c.before)) {
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

} // namespace objprelink
