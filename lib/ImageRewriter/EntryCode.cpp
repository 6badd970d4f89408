#include "ImageRewriter/EntryCode.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

EntryCode makeEntryCode(const ImagePlan &plan, const EntryAddresses &at) {
  const Target &target = *plan.target;
  EntryCode out;
  ImageCode &code = out.code;
  code.address = at.code;
  if (!plan.lazyWords.empty()) {
    target.appendLazyHeader(code, at.got, plan.style);
    out.pieces.push_back(
        {CodePiece::Kind::Header, 0, code.address, code.end()});
  }

  std::vector<uint64_t> entries;
  for (const LazyWord &word : plan.lazyWords) {
    entries.push_back(
        word.hasEntry
            ? target.appendJump(code, at.of(word, target.wordSize), plan.style)
            : 0);
    out.tails.push_back(code.end());
    target.appendLazyTail(
        code, word.stays ? *word.pltIndex : at.firstIndex + word.position,
        at.code, plan.style);
    if (word.hasEntry)
      out.pieces.push_back(
          {CodePiece::Kind::Lazy, word.symbol, entries.back(), code.end()});
    else
      out.pieces.push_back({CodePiece::Kind::LazyTail, word.symbol,
                            out.tails.back(), code.end()});
  }
  for (const FunctionBinding &binding : plan.functions)
    switch (binding.kind) {
    case FunctionBinding::Kind::Relay:
      out.functions.push_back(
          target.appendJump(code, binding.word, plan.style));
      out.pieces.push_back({CodePiece::Kind::Relay, binding.symbol,
                            out.functions.back(), code.end()});
      break;
    case FunctionBinding::Kind::OldEntry:
      out.functions.push_back(binding.entry);
      break;
    case FunctionBinding::Kind::Lazy:
      out.functions.push_back(entries[binding.lazyWord]);
      break;
    }
  return out;
}

bool hasGotHeader(const Image &image) {
  const std::optional<uint64_t> got = image.dynamicValue(DT_PLTGOT);
  const uint64_t size = image.is64 ? 8 : 4;
  const Bytes header = got ? image.contentsAt(*got, 3 * size) : Bytes();
  if (header.empty() || *got % size || !(image.segmentAt(*got)->flags & PF_W) ||
      any_of(header.drop_front(size), [](uint8_t byte) { return byte; }))
    return false;
  // ld.so writes there already.
  if (!image.isBindNow && !image.pltRelocations.empty())
    return true;
  const uint64_t first = image.is64 ? support::endian::read64le(header.data())
                                    : support::endian::read32le(header.data());
  const AddressRange range = {*got, 3 * size};
  const auto isThere = [&](const Relocation &relocation) {
    return range.contains(relocation.offset);
  };
  return first == image.dynamicRange.address &&
         none_of(image.relocations, isThere) &&
         none_of(image.pltRelocations, isThere) &&
         none_of(image.relrPlaces,
                 [&](uint64_t place) { return range.contains(place); });
}

} // namespace objprelink
