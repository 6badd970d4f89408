//===- Prerelocation.cpp - have an image ask for an address ---------------===//
//
// ld.so stores what the code of an IRELATIVE relocation returns. That word is
// one of those that hold an address of the image, and the address is returned:
// so nothing has to be added that ld.so can write to, and the word is right in
// either case. It is in a page that is written to all the same, if there is one
// with such a word.
//
//===----------------------------------------------------------------------===//

#include "ImageRewriter/Prerelocation.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

ByteVector Prerelocation::makeCode(const RelocatorAddresses &at) const {
  ImageCode out;
  out.address = code ? code->address : 0;
  slots.target->appendRelocator(out, at, slots.style);
  return std::move(out.bytes);
}

void Prerelocation::measure() {
  if (!plan)
    return;
  edit.shift = plan->shift;
  if (slots.target->skipsRelative)
    return;
  Addition added;
  added.name = ".text.objprelink";
  added.size = makeCode({}).size();
  added.alignment = 16;
  added.access = PF_R | PF_X;
  added.awayFromHeaders = true;
  code = &edit.add(std::move(added));
}

/// Addresses that are in no table of relocations, or that tables without
/// addends have in the places. What others have planned for a word stands
/// behind these.
void Prerelocation::addWords(ImageRelocations &relocations) const {
  const Target &target = *slots.target;
  std::vector<NewWord> words;
  const auto keep = [&](uint64_t place) {
    if (const std::optional<uint64_t> word = image.word(place); word && *word)
      words.push_back({inImage(place), inImage(*word)});
  };
  // Linkers put the address of the dynamic table there, for programs that want
  // to know how far they are from it.
  if (const std::optional<uint64_t> got = image.dynamicValue(DT_PLTGOT);
      got && image.word(*got) == image.dynamicRange.address)
    keep(*got);
  for (const NewRelocation &relocation : relocations.plt)
    if (!relocation.place.in &&
        (relocation.type == target.jumpSlot ||
         (!image.hasAddends && relocation.type == target.indirectRelative)))
      keep(relocation.place.offset);
  if (!image.hasAddends)
    for (const NewRelocation &relocation : relocations.main)
      if (relocation.type == target.relative ||
          relocation.type == target.indirectRelative)
        words.push_back({relocation.place, relocation.value});
  for (uint64_t place : image.relrPlaces)
    keep(place);
  llvm::append_range(words, relocations.words);
  relocations.words = std::move(words);
}

/// Takes one of the words out of the table for the code's result.
void Prerelocation::addRelocator(ImageRelocations &relocations) {
  DenseSet<uint64_t> written;
  const auto page = [](uint64_t address) { return address / Image::kPageSize; };
  for (const auto *table : {&relocations.main, &relocations.plt})
    for (const NewRelocation &relocation : *table)
      if (!relocation.place.in)
        written.insert(page(relocation.place.offset));
  const std::vector<bool> isNew = redirectedRelocations(image, slots);
  DenseSet<uint64_t> slotPlaces;
  for (auto [index, relocation] : enumerate(image.relocations))
    if (isNew[index])
      slotPlaces.insert(relocation.offset);
  const auto isOld = [&](uint64_t place) {
    return !slotPlaces.contains(place);
  };
  auto chosen = find_if(relocations.relr, [&](uint64_t place) {
    return isOld(place) && written.contains(page(place));
  });
  if (chosen == relocations.relr.end())
    chosen = find_if(relocations.relr, isOld);
  if (chosen == relocations.relr.end())
    chosen = relocations.relr.begin();
  const uint64_t place = *chosen;
  relocations.relr.erase(chosen);
  // What the file has there is overwritten, and stays.
  erase_if(relocations.words, [&](const NewWord &word) {
    const bool isThere = !word.place.in && word.place.offset == place;
    if (isThere)
      value = word.value;
    return isThere;
  });
  NewRelocation relocation;
  relocation.place = inImage(place);
  relocation.type = slots.target->indirectRelative;
  relocation.value = {code, 0};
  relocations.main.insert(relocations.main.begin(), relocation);
}

void Prerelocation::map(ImageRelocations &relocations) {
  if (!plan)
    return;
  addWords(relocations);
  if (code)
    addRelocator(relocations);
}

void Prerelocation::write(const AddressRange &table) {
  if (code)
    edit.write(code->address,
               makeCode({plan->begin, plan->base, table, value.value()}));
}

void Prerelocation::describe() {
  if (code)
    edit.describe(*code);
}

} // namespace objprelink
