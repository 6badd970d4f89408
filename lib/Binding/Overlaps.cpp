#include "Binding/Overlaps.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

void Overlaps::addWord(const BoundObject &object, Turn turn) {
  const BoundWord &word = object.words.back();
  writes.push_back({word.place, word.place + 8, turn, writes.size(),
                    object.words.size() - 1});
}

void Overlaps::addRest(const BoundObject &object, Turn turn) {
  const Relocation &relocation = object.rest.back();
  uint64_t size = 8; // At most: some are of 4 bytes.
  if (relocation.type == R_X86_64_COPY)
    size = image.symbols[relocation.symbol].size;
  if (relocation.type == R_X86_64_TLSDESC)
    size = 16;
  // Nothing that is that large is in an image.
  size = std::min(size, UINT64_MAX - relocation.offset);
  writes.push_back({relocation.offset, relocation.offset + size, turn,
                    writes.size(), kRest});
}

/// Returns whether a table can have the result of both, and marks the word that
/// the later one replaces.
bool Overlaps::settlePair(const Write &a, const Write &b,
                          std::vector<bool> &isReplaced) {
  const Write &early = a.isBefore(b) ? a : b;
  const Write &late = a.isBefore(b) ? b : a;
  // ld.so adds to some words of the PLT, and others wait.
  if (late.turn == Turn::Plt)
    return false;
  // ld.so keeps to its order, but what it puts off comes behind the PLT then.
  if (early.word == kRest)
    return late.word == kRest && late.turn != Turn::Choice;
  // ld.so adds to packed words, too.
  if (late.turn == Turn::Packed || late.begin > early.begin ||
      late.end < early.end)
    return false;
  isReplaced[early.word] = true;
  return true;
}

std::string Overlaps::settle(BoundObject &object) const {
  std::vector<Write> sorted = writes;
  llvm::sort(sorted, [](const Write &a, const Write &b) {
    return std::pair(a.begin, a.order) < std::pair(b.begin, b.order);
  });
  std::vector<bool> isReplaced(object.words.size());
  // Those that may reach to the next one.
  std::vector<const Write *> open;
  for (const Write &write : sorted) {
    erase_if(open,
             [&](const Write *earlier) { return earlier->end <= write.begin; });
    for (const Write *earlier : open)
      if (!settlePair(*earlier, write, isReplaced))
        return formatv("two relocations are at {0:x}", write.begin);
    open.push_back(&write);
  }
  size_t index = 0;
  erase_if(object.words,
           [&](const BoundWord &) { return bool(isReplaced[index++]); });
  return {};
}

} // namespace objprelink
