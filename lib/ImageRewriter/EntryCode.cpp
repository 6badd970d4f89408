#include "ImageRewriter/EntryCode.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

namespace {
/// Entries come first, then tails of words that have none: GNU BFD looks at the
/// beginning of the section to see what kind of a PLT it is. The header comes
/// last.
class CodeMaker {
public:
  CodeMaker(const ImagePlan &plan, const EntryAddresses &at)
      : plan(plan), at(at), target(*plan.target) {}
  EntryCode run();

private:
  void addRelays();
  void addLazyWord(size_t index);
  void take(CodePiece::Kind kind, uint32_t symbol, uint64_t begin) {
    out.pieces.push_back({kind, symbol, begin, out.code.end()});
  }

  const ImagePlan &plan;
  const EntryAddresses &at;
  const Target &target;
  EntryCode out;
  std::vector<uint64_t> entries; ///< by lazy word
};
} // namespace

void CodeMaker::addRelays() {
  for (auto [index, binding] : enumerate(plan.functions)) {
    if (binding.kind != FunctionBinding::Kind::Relay)
      continue;
    out.functions[index] =
        target.appendJump(out.code, binding.word, plan.style);
    take(CodePiece::Kind::Relay, binding.symbol, out.functions[index]);
  }
}

void CodeMaker::addLazyWord(size_t index) {
  const LazyWord &word = plan.lazyWords[index];
  if (word.hasEntry)
    entries[index] =
        target.appendJump(out.code, at.of(word, target.wordSize), plan.style);
  out.tails[index] = out.code.end();
  target.appendLazyTail(
      out.code, word.stays ? *word.pltIndex : at.firstIndex + word.position,
      at.header, plan.style);
  if (word.hasEntry)
    take(CodePiece::Kind::Lazy, word.symbol, entries[index]);
  else
    take(CodePiece::Kind::LazyTail, word.symbol, out.tails[index]);
}

EntryCode CodeMaker::run() {
  out.code.address = at.code;
  out.functions.resize(plan.functions.size());
  out.tails.resize(plan.lazyWords.size());
  entries.resize(plan.lazyWords.size());
  addRelays();
  for (bool hasEntry : {true, false})
    for (auto [index, word] : enumerate(plan.lazyWords))
      if (word.hasEntry == hasEntry)
        addLazyWord(index);
  for (auto [index, binding] : enumerate(plan.functions))
    if (binding.kind == FunctionBinding::Kind::Lazy)
      out.functions[index] = entries[binding.lazyWord];
  if (!plan.lazyWords.empty()) {
    out.header = target.appendLazyHeader(out.code, at.got, plan.style);
    take(CodePiece::Kind::Header, 0, out.header);
  }
  return std::move(out);
}

EntryCode makeEntryCode(const ImagePlan &plan, const EntryAddresses &at) {
  return CodeMaker(plan, at).run();
}

bool hasGotHeader(const Image &image) {
  const std::optional<uint64_t> got = image.dynamicValue(DT_PLTGOT);
  const uint64_t size = image.wordSize();
  const Bytes header = got ? image.contentsAt(*got, 3 * size) : Bytes();
  if (header.empty() || *got % size || !(image.segmentAt(*got)->flags & PF_W) ||
      any_of(header.drop_front(size), [](uint8_t byte) { return byte; }))
    return false;
  // ld.so writes there already.
  if (!image.isBindNow && !image.pltRelocations.empty())
    return true;
  const AddressRange range = {*got, 3 * size};
  const auto isThere = [&](const Relocation &relocation) {
    return range.contains(relocation.offset);
  };
  return image.word(*got) == image.dynamicRange.address &&
         none_of(image.relocations, isThere) &&
         none_of(image.pltRelocations, isThere) &&
         none_of(image.relrPlaces,
                 [&](uint64_t place) { return range.contains(place); });
}

} // namespace objprelink
