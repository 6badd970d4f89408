#include "ImageVerifier/Comparison.h"
#include "ImageVerifier/LinkAddresses.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/DenseSet.h"
#include <map>
#include <tuple>

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

/// The words of GOT and PLT of both images, by what is bound there. Those that
/// nothing relocates follow one that is, or are the first ones of .got.plt.
Error LinkAddresses::matchWords() {
  using Key = std::tuple<StringRef, uint32_t, uint32_t, uint64_t>;
  struct Word {
    Key key;
    uint64_t place;
    const Relocation *relocation;
    bool isNumber;
  };
  const auto wordsOf = [&](const Image &image, bool isPlain) {
    AddressSet ranges;
    for (const Section &section : image.sections)
      if (isEntryWords(image.name(section)))
        ranges.add({section.address, section.size});
    ranges.seal();
    DenseMap<uint64_t, const Relocation *> at;
    for (ArrayRef<Relocation> table :
         {ArrayRef(image.relocations), ArrayRef(image.pltRelocations)})
      for (const Relocation &relocation : table)
        if (ranges.covers(relocation.offset, 1))
          at.try_emplace(relocation.offset, &relocation);
    DenseSet<uint64_t> packed;
    for (uint64_t place : image.relrPlaces)
      if (ranges.covers(place, 1))
        packed.insert(place);
    std::vector<Word> out;
    for (const Section &section : image.sections) {
      const StringRef name = image.name(section);
      if (!isEntryWords(name))
        continue;
      Key key(name, 0, 0, 0);
      for (uint64_t place = section.address;
           place + machine.wordSize <= section.address + section.size;
           place += machine.wordSize) {
        const Relocation *relocation = at.lookup(place);
        const bool isPacked = !relocation && packed.contains(place);
        if (isPacked) {
          const uint64_t value = image.word(place).value_or(0);
          key =
              Key(name, machine.relative, 0, isPlain ? probable(value) : value);
        } else if (!relocation) {
          // The fourth number counts on from what was before.
          ++std::get<3>(key);
        } else {
          const bool isAddress = !relocation->symbol &&
                                 (relocation->type == machine.relative ||
                                  relocation->type == machine.indirectRelative);
          const uint64_t value =
              relocation->type == machine.jumpSlot ? 0 : relocation->addend;
          key = Key(name, relocation->type, relocation->symbol,
                    isAddress && isPlain ? probable(value) : value);
        }
        out.push_back({key, place, relocation,
                       !relocation && !isPacked &&
                           (name == ".got" || place != section.address)});
      }
    }
    return out;
  };
  std::map<Key, std::vector<uint64_t>> found;
  for (const Word &word : wordsOf(now, false))
    found[word.key].push_back(word.place);
  for (auto &[key, places] : found)
    std::reverse(places.begin(), places.end());
  for (const auto &[key, place, relocation, isNumber] : wordsOf(plain, true)) {
    std::vector<uint64_t> &places = found[key];
    if (places.empty())
      return error("the word at {0:x} of the plain link is missing", place);
    moved[place] = places.back();
    matched.push_back({place, places.back(), relocation, isNumber});
    oldWords.insert(places.back());
    places.pop_back();
  }
  return Error::success();
}

/// Entries by the words that they jump through, each in its section.
Error LinkAddresses::matchEntries() {
  constexpr uint64_t step = 8;
  const auto forEach = [&](const Image &image, auto show) {
    for (const Section &section : image.sections)
      if (isEntryCode(image.name(section)))
        for (uint64_t at = 0; at < section.size; at += step)
          if (const std::optional<DecodedStub> stub =
                  decoder.stub(image, section.address + at))
            show(image.name(section), stub->word, section.address + at);
  };
  std::map<std::pair<StringRef, uint64_t>, uint64_t> found;
  forEach(now, [&](StringRef name, uint64_t word, uint64_t address) {
    found.try_emplace({name, word}, address);
  });
  Error failed = Error::success();
  forEach(plain, [&](StringRef name, uint64_t word, uint64_t address) {
    const auto wordNow = moved.find(word);
    const auto entry = wordNow == moved.end()
                           ? found.end()
                           : found.find({name, wordNow->second});
    if (entry == found.end()) {
      if (!failed)
        failed =
            error("the entry at {0:x} of the plain link is missing", address);
      return;
    }
    moved[address] = entry->second;
  });
  return failed;
}

/// The word of each JUMP_SLOT leads to code that pushes its number and jumps to
/// the beginning of the PLT, which leads to ld.so.
Error LinkAddresses::checkTails() const {
  const auto find = [&](StringRef name) -> const Section * {
    const auto found = llvm::find_if(now.sections, [&](const Section &section) {
      return now.name(section) == name;
    });
    return found != now.sections.end() ? &*found : nullptr;
  };
  const Section *plt = find(".plt"), *got = find(".got.plt");
  for (const auto &[index, relocation] : enumerate(now.pltRelocations)) {
    if (relocation.type != machine.jumpSlot)
      continue;
    const std::optional<uint64_t> word = now.word(relocation.offset);
    const std::optional<DecodedTail> tail =
        word ? decoder.tail(now, *word) : std::nullopt;
    if (!plt || !got || !tail || tail->pushed != index ||
        tail->plt0 != plt->address)
      return error("the word at {0:x} holds {1:x}, which is no entry of "
                   "relocation {2} of the PLT",
                   relocation.offset, word.value_or(0), index);
    const std::optional<DecodedPlt0> plt0 = decoder.plt0(now, plt->address);
    if (index == 0 &&
        (!plt0 || plt0->pushed != got->address + machine.wordSize ||
         plt0->jumped != got->address + 2 * machine.wordSize))
      return error("the code at {0:x} does not lead to ld.so", plt->address);
  }
  return Error::success();
}

Error LinkAddresses::checkWords() const {
  for (const MatchedWord &word : matched) {
    // checkTails() has the others.
    if (word.relocation && word.relocation->type == machine.jumpSlot)
      continue;
    const std::optional<uint64_t> old = plain.word(word.was),
                                  fresh = now.word(word.is);
    if (!old && !fresh)
      continue;
    const bool isNumber = word.isNumber || (old && !isAddress(*old));
    if (!old || !fresh || !(isNumber ? *old == *fresh : isSame(*old, *fresh)))
      return error("the word at {0:x} holds {1:x}, and was {2:x}", word.is,
                   fresh.value_or(0), old.value_or(0));
  }
  return checkTails();
}

} // namespace objprelink
