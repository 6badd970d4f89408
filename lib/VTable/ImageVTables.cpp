#include "VTable/ImageVTables.h"
#include "VTable/ImageSymbols.h"
#include "VTable/KnownData.h"
#include "VTable/RelocatedWords.h"
#include "VTable/VTableShapes.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace objprelink {

/// Walks tables and words, both in the order of addresses, side by side.
static std::vector<ImageSlot> findSlots(const Image &image,
                                        ArrayRef<ImageVTable> tables,
                                        const RelocatedWords &words,
                                        unsigned wordSize) {
  std::vector<ImageSlot> slots;
  size_t table = 0;
  for (const RelocatedWord &word : words.all()) {
    while (table < tables.size() && tables[table].end <= word.place)
      ++table;
    if (table == tables.size())
      break;
    if (word.place < tables[table].begin || word.place % wordSize ||
        word.kind != RelocatedWord::Kind::Symbol)
      continue;
    const Relocation &relocation = image.relocations[word.relocation];
    if (tables[table].evidence == Evidence::Shape &&
        !looksLikeFunction(image, image.symbols[relocation.symbol]))
      continue;
    slots.push_back({word.relocation, static_cast<uint32_t>(table)});
  }
  return slots;
}

/// Whether a word outside of the tables that are known has the address of a
/// function. Without one, no table by shape has a slot.
static bool hasMoreSlots(const Image &image, const RelocatedWords &words,
                         const KnownData &known) {
  const ImageVTable *table = known.vtables.data();
  const ImageVTable *const end = table + known.vtables.size();
  // Both are by address.
  return any_of(words.all(), [&](const RelocatedWord &word) {
    if (word.kind != RelocatedWord::Kind::Symbol)
      return false;
    while (table != end && table->end <= word.place)
      ++table;
    const bool isKnown = table != end && table->begin <= word.place;
    return !isKnown &&
           looksLikeFunction(
               image, image.symbols[image.relocations[word.relocation].symbol]);
  });
}

Expected<ImageVTables> findImageVTables(const Image &image,
                                        const RelocationKinds &kinds,
                                        bool byShape) {
  Expected<KnownData> known = findKnownData(image, kinds.wordSize);
  if (!known)
    return known.takeError();
  ImageVTables out;
  const RelocatedWords words(image, kinds);
  std::vector<ImageVTable> shapes;
  if (byShape && hasMoreSlots(image, words, *known))
    shapes = findVTableShapes(image, words, *known, kinds.wordSize);
  out.tables.resize(known->vtables.size() + shapes.size());
  std::merge(known->vtables.begin(), known->vtables.end(), shapes.begin(),
             shapes.end(), out.tables.begin(),
             [](const ImageVTable &a, const ImageVTable &b) {
               return a.begin < b.begin;
             });
  out.slots = findSlots(image, out.tables, words, kinds.wordSize);
  return out;
}

} // namespace objprelink
