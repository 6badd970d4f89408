#include "VTable/RelocatedWords.h"
#include "Support/SortByNumber.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"

using namespace llvm;

namespace objprelink {

using Kind = RelocatedWord::Kind;

RelocatedWords::RelocatedWords(const Image &image, const RelocationKinds &kinds)
    : image(image), wordSize(kinds.wordSize) {
  const ArrayRef<Relocation> main = image.relocations,
                             plt = image.pltRelocations;
  const ArrayRef<uint64_t> packed = image.relrPlaces;
  const size_t pltEnd = main.size() + plt.size();
  const auto wordOf = [&](uint32_t number) -> RelocatedWord {
    constexpr uint32_t other = RelocatedWord::kOtherTable;
    if (number >= pltEnd)
      return {packed[number - pltEnd], other, Kind::Relative};
    if (number >= main.size())
      return {plt[number - main.size()].offset, other, Kind::Other};
    const Relocation &relocation = main[number];
    if (relocation.type == kinds.relative)
      return {relocation.offset, number, Kind::Relative};
    if (relocation.type == kinds.absoluteWord && relocation.symbol)
      return {relocation.offset, number, Kind::Symbol};
    return {relocation.offset, number, Kind::Other};
  };
  const auto isNone = [&](uint32_t number) { // R_*_NONE
    return number < main.size()
               ? !main[number].type
               : number < pltEnd && !plt[number - main.size()].type;
  };
  const size_t count = pltEnd + packed.size();
  words.reserve(count);
  for (uint32_t number :
       orderByNumber(count, [&](size_t index) { return wordOf(index).place; }))
    if (!isNone(number))
      words.push_back(wordOf(number));

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
