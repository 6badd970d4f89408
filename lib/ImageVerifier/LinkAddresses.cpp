#include "ImageVerifier/LinkAddresses.h"
#include "ImageVerifier/Comparison.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include <map>
#include <tuple>

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

static bool isCode(StringRef name) {
  return is_contained({".plt", ".plt.sec", ".plt.got"}, name);
}

static bool isWords(StringRef name) {
  return name == ".got" || name == ".got.plt";
}

/// Sections that a PLT brings with it.
static bool mayBeNew(const Image &image, const Section &section) {
  const StringRef name = image.name(section);
  return isCode(name) || isWords(name) || name == ".rela.plt" ||
         (name == ".note.objprelink" && section.type == SHT_NOTE);
}

/// Tables that are compared by what they say, and what has no contents that
/// mean anything to a program.
static bool isTable(const Image &image, const Section &section) {
  const StringRef name = image.name(section);
  return mayBeNew(image, section) || section.type == SHT_RELA ||
         section.type == SHT_RELR || section.type == SHT_DYNAMIC ||
         name == ".relro_padding";
}

bool LinkAddresses::isResized(uint32_t section) const {
  return isTable(plain, plain.sections[section]);
}

bool LinkAddresses::hasSameContents(uint32_t index) const {
  const Section &section = plain.sections[index];
  const StringRef name = plain.name(section);
  return index && !isResized(index) && section.hasBytes() && section.size &&
         section.type != SHT_DYNSYM && !(section.flags & SHF_COMPRESSED) &&
         // The sections have other numbers, and the file another identity.
         index != plain.sectionNamesIndex && name != ".note.gnu.build-id";
}

/// Both have the same sections in the same order, but for new ones.
Error LinkAddresses::matchSections() {
  sectionNow.assign(plain.sections.size(), 0);
  uint32_t next = 1;
  for (uint32_t index = 1; index < plain.sections.size(); ++index, ++next) {
    const Section &was = plain.sections[index];
    const StringRef name = plain.name(was);
    while (next < now.sections.size() && now.name(now.sections[next]) != name) {
      if (!mayBeNew(now, now.sections[next]))
        return error("{0} is new, or {1} is missing", now.describe(next),
                     plain.describe(index));
      ++next;
    }
    if (next == now.sections.size())
      return error("{0} is missing", plain.describe(index));
    const Section &is = now.sections[next];
    const bool isNames = index == plain.sectionNamesIndex;
    const bool mayHaveSize =
        isResized(index) || isNames || (was.flags & SHF_COMPRESSED);
    if (was.type != is.type || was.flags != is.flags ||
        was.alignment != is.alignment || was.entrySize != is.entrySize ||
        (!mayHaveSize && was.size != is.size))
      return error("{0} is not what it was", plain.describe(index));
    sectionNow[index] = next;
    slides.insert(is.address - was.address);
    if (was.flags & SHF_ALLOC) {
      edges[was.address].push_back(is.address);
      edges[was.address + was.size].push_back(is.address + is.size);
    }
    if ((was.flags & SHF_ALLOC) && !(was.flags & SHF_TLS && !was.hasBytes()) &&
        !isWords(name) && !isCode(name))
      kept.push_back(index);
  }
  for (; next < now.sections.size(); ++next)
    if (!mayBeNew(now, now.sections[next]))
      return error("{0} is new", now.describe(next));
  llvm::stable_sort(kept, [&](uint32_t a, uint32_t b) {
    return plain.sections[a].address < plain.sections[b].address;
  });
  for (const Section &section : now.sections)
    if (isWords(now.name(section)))
      words.push_back({section.address, section.size});
  return Error::success();
}

std::optional<uint64_t> LinkAddresses::inSection(uint64_t address) const {
  auto next = partition_point(kept, [&](uint32_t index) {
    return plain.sections[index].address <= address;
  });
  while (next != kept.begin()) {
    const uint32_t index = *--next;
    const Section &was = plain.sections[index];
    if (address - was.address < was.size)
      return address - was.address + now.sections[sectionNow[index]].address;
    if (was.size)
      break;
  }
  return std::nullopt;
}

std::optional<uint64_t> LinkAddresses::mapped(uint64_t address) const {
  const auto found = moved.find(address);
  return found != moved.end() ? std::optional(found->second)
                              : inSection(address);
}

bool LinkAddresses::isSame(uint64_t address, uint64_t other) const {
  if (mapped(address) == other || (address == other && isHeader(address)))
    return true;
  const auto found = edges.find(address);
  return found != edges.end() && is_contained(found->second, other);
}

bool LinkAddresses::isEntryNow(uint64_t address) const {
  return any_of(words, [&](const AddressRange &range) {
    return range.contains(address);
  });
}

/// The words of GOT and PLT of both images, by what is bound there. Those that
/// nothing relocates follow one that is, or are the first ones of .got.plt.
Error LinkAddresses::matchWords() {
  using Key = std::tuple<StringRef, uint32_t, uint32_t, uint64_t>;
  const auto wordsOf = [&](const Image &image, bool isPlain) {
    AddressSet ranges;
    for (const Section &section : image.sections)
      if (isWords(image.name(section)))
        ranges.add({section.address, section.size});
    ranges.seal();
    DenseMap<uint64_t, const Relocation *> at;
    for (ArrayRef<Relocation> table :
         {ArrayRef(image.relocations), ArrayRef(image.pltRelocations)})
      for (const Relocation &relocation : table)
        if (ranges.covers(relocation.offset, 1))
          at.try_emplace(relocation.offset, &relocation);
    std::vector<std::pair<Key, uint64_t>> out;
    for (const Section &section : image.sections) {
      const StringRef name = image.name(section);
      if (!isWords(name))
        continue;
      Key key(name, 0, 0, 0);
      for (uint64_t place = section.address;
           place + machine.wordSize <= section.address + section.size;
           place += machine.wordSize) {
        const Relocation *relocation = at.lookup(place);
        if (!relocation) {
          // The fourth number counts on from what was before.
          ++std::get<3>(key);
        } else {
          const bool isAddress =
              !relocation->symbol && relocation->type == machine.relative;
          const uint64_t value =
              relocation->type == machine.jumpSlot ? 0 : relocation->addend;
          key =
              Key(name, relocation->type, relocation->symbol,
                  isAddress && isPlain ? mapped(value).value_or(value) : value);
        }
        out.push_back({key, place});
      }
    }
    return out;
  };
  std::map<Key, std::vector<uint64_t>> found;
  for (const auto &[key, place] : wordsOf(now, false))
    found[key].push_back(place);
  for (auto &[key, places] : found)
    std::reverse(places.begin(), places.end());
  for (const auto &[key, place] : wordsOf(plain, true)) {
    std::vector<uint64_t> &places = found[key];
    if (places.empty())
      return error("the word at {0:x} of the plain link is missing", place);
    moved[place] = places.back();
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
      if (isCode(image.name(section)))
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

Error LinkAddresses::match() {
  if (Error e = matchSections())
    return e;
  if (Error e = matchWords())
    return e;
  return matchEntries();
}

/// What a word holds is an address, or 0, or something that ld.so puts there.
Error LinkAddresses::checkWords() const {
  for (const auto &[was, is] : moved) {
    const std::optional<uint64_t> old = plain.word(was), fresh = now.word(is);
    const bool isWord = oldWords.contains(is);
    if (!isWord || old == fresh || !old || !fresh || isSame(*old, *fresh))
      continue;
    // Until it is bound it leads to the second half of an entry.
    const std::optional<DecodedTail> a = decoder.tail(plain, *old);
    const std::optional<DecodedTail> b = decoder.tail(now, *fresh);
    if (!a || !b || a->pushed >= plain.pltRelocations.size() ||
        b->pushed >= now.pltRelocations.size() ||
        plain.pltRelocations[a->pushed].offset != was ||
        now.pltRelocations[b->pushed].offset != is)
      return error("the word at {0:x} holds {1:x}, and was {2:x}", is, *fresh,
                   *old);
  }
  return Error::success();
}

} // namespace objprelink
