#include "VTable/RelocatedWords.h"
#include "Support/SortByNumber.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"

using namespace llvm;

namespace objprelink {

using Kind = RelocatedWord::Kind;

static constexpr auto isBefore = [](const RelocatedWord &a,
                                    const RelocatedWord &b) {
  return a.place < b.place;
};

static std::vector<RelocatedWord> merge(ArrayRef<RelocatedWord> a,
                                        ArrayRef<RelocatedWord> b) {
  std::vector<RelocatedWord> out(a.size() + b.size());
  std::merge(a.begin(), a.end(), b.begin(), b.end(), out.begin(), isBefore);
  return out;
}

RelocatedWords::RelocatedWords(const Image &image, const RelocationKinds &kinds)
    : image(image), wordSize(kinds.wordSize) {
  // Relative ones come first and sorted (-z combreloc), packed ones always.
  std::vector<RelocatedWord> relative, rest;
  for (auto [index, relocation] : enumerate(image.relocations)) {
    const uint32_t number = index;
    if (relocation.type == kinds.relative)
      relative.push_back({relocation.offset, number, Kind::Relative});
    else if (relocation.type == kinds.absoluteWord && relocation.symbol)
      rest.push_back({relocation.offset, number, Kind::Symbol});
    else if (relocation.type) // R_*_NONE
      rest.push_back({relocation.offset, number, Kind::Other});
  }
  for (const Relocation &relocation : image.pltRelocations)
    if (relocation.type)
      rest.push_back(
          {relocation.offset, RelocatedWord::kOtherTable, Kind::Other});
  for (std::vector<RelocatedWord> *some : {&relative, &rest})
    sortByNumber(*some, [](const RelocatedWord &word) { return word.place; });

  std::vector<RelocatedWord> packed;
  packed.reserve(image.relrPlaces.size());
  for (uint64_t place : image.relrPlaces)
    packed.push_back({place, RelocatedWord::kOtherTable, Kind::Relative});
  words = merge(relative, rest);
  if (!packed.empty())
    words = merge(words, packed);

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
