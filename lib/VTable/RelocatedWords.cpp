#include "VTable/RelocatedWords.h"
#include "Support/SortByNumber.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"

using namespace llvm;

namespace objprelink {

using Kind = RelocatedWord::Kind;

RelocatedWords::RelocatedWords(const Image &image, const RelocationKinds &kinds)
    : image(image), wordSize(kinds.wordSize) {
  constexpr uint32_t other = RelocatedWord::kOtherTable;
  words.reserve(image.relocations.size() + image.pltRelocations.size() +
                image.relrPlaces.size());
  for (auto [index, relocation] : enumerate(image.relocations)) {
    const uint32_t number = index;
    if (relocation.type == kinds.relative)
      words.push_back({relocation.offset, number, Kind::Relative});
    else if (relocation.type == kinds.absoluteWord && relocation.symbol)
      words.push_back({relocation.offset, number, Kind::Symbol});
    else if (relocation.type) // R_*_NONE
      words.push_back({relocation.offset, number, Kind::Other});
  }
  for (const Relocation &relocation : image.pltRelocations)
    if (relocation.type)
      words.push_back({relocation.offset, other, Kind::Other});
  for (uint64_t place : image.relrPlaces)
    words.push_back({place, other, Kind::Relative});
  sortByNumber(words, [](const RelocatedWord &word) { return word.place; });

  for (size_t i = 1; i < words.size(); ++i)
    if (words[i].place - words[i - 1].place < wordSize)
      words[i].kind = words[i - 1].kind = Kind::Other;
}

const RelocatedWord *RelocatedWords::at(uint64_t place) const {
  const auto found = partition_point(
      words, [&](const RelocatedWord &word) { return word.place < place; });
  return found != words.end() && found->place == place ? &*found : nullptr;
}

uint64_t RelocatedWords::contents(uint64_t place) const {
  const Bytes bytes = image.contentsAt(place, wordSize);
  if (bytes.empty())
    return 0;
  return wordSize == 8 ? support::endian::read64le(bytes.data())
                       : support::endian::read32le(bytes.data());
}

uint64_t RelocatedWords::target(const RelocatedWord &word) const {
  if (word.relocation == RelocatedWord::kOtherTable)
    return contents(word.place);
  const uint64_t addend = image.relocations[word.relocation].addend;
  return wordSize == 8 ? addend : uint32_t(addend);
}

uint64_t RelocatedWords::identity(const RelocatedWord &word) const {
  if (word.kind == Kind::Relative)
    return target(word);
  if (word.kind != Kind::Symbol)
    return 0;
  const Relocation &relocation = image.relocations[word.relocation];
  return relocation.addend ? 0 : ~uint64_t(relocation.symbol);
}

} // namespace objprelink
