//===- SameWords.cpp ------------------------------------------------------===//
//
// Two slots with one function are equal, and programs rely on it: they look for
// the end of what two vtables have in common, or for what a class overrides. An
// alias, or a linker that folds identical functions, gives one function several
// symbols, and a word that is made from a local name of it has no symbol.
//
//===----------------------------------------------------------------------===//

#include "ImageRewriter/SameWords.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace objprelink {

namespace {
class Finder {
public:
  Finder(const Image &image, const Target &target)
      : image(image), target(target), found(image.symbols.size()) {}
  std::vector<SameWords> run();

private:
  struct Address {
    uint64_t value;
    uint32_t symbol;
  };

  void findAddresses();
  void markAt(uint64_t address);
  void markOtherNames();

  const Image &image;
  const Target &target;
  std::vector<SameWords> found;
  /// Of the symbols that words are relocated by and that the image defines.
  std::vector<Address> addresses;
};
} // namespace

void Finder::findAddresses() {
  for (auto [index, symbol] : enumerate(image.symbols))
    if (found[index].count && !symbol.isUndefined())
      addresses.push_back({symbol.value, uint32_t(index)});
  llvm::sort(addresses, [](const Address &a, const Address &b) {
    return std::pair(a.value, a.symbol) < std::pair(b.value, b.symbol);
  });
  for (size_t i = 1; i < addresses.size(); ++i)
    if (addresses[i].value == addresses[i - 1].value)
      found[addresses[i].symbol].hasOtherName =
          found[addresses[i - 1].symbol].hasOtherName = true;
}

/// A word holds \p address whatever the symbols there resolve to.
void Finder::markAt(uint64_t address) {
  auto at = partition_point(
      addresses, [&](const Address &a) { return a.value < address; });
  for (; at != addresses.end() && at->value == address; ++at)
    found[at->symbol].hasOtherName = true;
}

void Finder::markOtherNames() {
  if (addresses.empty())
    return;
  const auto mark = [&](const Relocation &relocation) {
    if (relocation.type == target.relative)
      markAt(relocation.addend);
    else if (relocation.type == target.absoluteWord && relocation.symbol &&
             relocation.addend &&
             !image.symbols[relocation.symbol].isUndefined())
      markAt(image.symbols[relocation.symbol].value + relocation.addend);
  };
  llvm::for_each(image.relocations, mark);
  llvm::for_each(image.pltRelocations, mark);
  for (uint64_t place : image.relrPlaces)
    if (const std::optional<uint64_t> word = image.word(place))
      markAt(*word);
}

std::vector<SameWords> Finder::run() {
  const auto count = [&](const Relocation &relocation) {
    if (relocation.type == target.absoluteWord && relocation.symbol &&
        !relocation.addend)
      ++found[relocation.symbol].count;
  };
  llvm::for_each(image.relocations, count);
  llvm::for_each(image.pltRelocations, count);
  findAddresses();
  markOtherNames();
  return std::move(found);
}

std::vector<SameWords> findSameWords(const Image &image, const Target &target) {
  return Finder(image, target).run();
}

} // namespace objprelink
