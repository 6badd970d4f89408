#include "ImageRewriter/CodeSymbols.h"

using namespace llvm;

namespace objprelink {

static StringRef suffixOf(CodePiece::Kind kind) {
  switch (kind) {
  case CodePiece::Kind::Header:
    return "";
  case CodePiece::Kind::Relay:
    return ".relay";
  case CodePiece::Kind::Lazy:
    return ".lazy";
  case CodePiece::Kind::LazyTail:
    return ".lazy_tail";
  }
  llvm_unreachable("all kinds are listed");
}

std::vector<AddedSymbol> nameCode(const Image &image, const Target &target,
                                  ArrayRef<CodePiece> pieces, uint64_t moved,
                                  uint32_t section) {
  std::vector<AddedSymbol> out;
  out.reserve(pieces.size());
  for (const CodePiece &piece : pieces) {
    const bool isEntry = piece.kind == CodePiece::Kind::Relay ||
                         piece.kind == CodePiece::Kind::Lazy;
    if (isEntry && target.hasPltEntryForm)
      continue;
    AddedSymbol symbol;
    symbol.name = piece.kind == CodePiece::Kind::Header
                      ? "objprelink.plt0"
                      : image.name(image.symbols[piece.symbol]).str();
    symbol.name += suffixOf(piece.kind);
    symbol.address = moved + piece.begin;
    symbol.size = piece.end - piece.begin;
    symbol.section = section;
    out.push_back(std::move(symbol));
  }
  return out;
}

} // namespace objprelink
