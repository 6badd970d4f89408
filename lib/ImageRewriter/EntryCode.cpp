#include "ImageRewriter/EntryCode.h"

using namespace llvm;

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

} // namespace objprelink
