//===- RelocationTables.cpp - the relocations of the result ---------------===//
//
// ld.so goes through the first DT_RELACOUNT entries without looking at their
// types, and finds the symbol of the entry before in a cache of one. So
// RELATIVE entries stay first and in the order of places, and those of one
// symbol stay together.
//
//===----------------------------------------------------------------------===//

#include "ImageRewriter/RelocationTables.h"
#include "Support/SortRuns.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

namespace {
class Maker {
public:
  Maker(const Image &image, const ImagePlan &plan, const EntryCode &code,
        uint64_t words, Packing packing)
      : image(image), plan(plan), target(*plan.target), code(code),
        words(words), packing(packing) {}
  RelocationTables run();

private:
  void redirectSlots();
  void bindPlt();
  void separate();
  bool isPackable(uint64_t place);
  bool isPacked(size_t index);

  const Image &image;
  const ImagePlan &plan;
  const Target &target;
  const EntryCode &code;
  const uint64_t words;
  const Packing packing;
  /// Of out.main, which slots have been redirected.
  std::vector<bool> isRedirected;
  /// The file contents of the writable segment that was looked at last.
  AddressRange packable;
  RelocationTables out;
};
} // namespace

void Maker::redirectSlots() {
  out.main = image.relocations;
  isRedirected.resize(out.main.size());
  for (auto [slot, function] : zip_equal(plan.vtables.slots, plan.functionOf)) {
    if (function == ImagePlan::kNone)
      continue;
    Relocation &relocation = out.main[slot.relocation];
    relocation.type = target.relative;
    relocation.symbol = 0;
    relocation.addend = code.functions[function];
    isRedirected[slot.relocation] = true;
    if (!image.hasAddends)
      out.addends.push_back({relocation.offset, code.functions[function]});
  }
  append_range(out.main, plan.relroWords);
}

void Maker::bindPlt() {
  std::vector<bool> moved(image.pltRelocations.size());
  for (const LazyWord &word : plan.lazyWords)
    if (word.pltIndex && !word.stays)
      moved[*word.pltIndex] = true;
  if (plan.overridesBindNow) {
    // What was eager stays eager, which nothing in DT_JMPREL is any longer.
    for (auto [i, relocation] : enumerate(image.pltRelocations)) {
      if (moved[i])
        continue;
      out.main.push_back(relocation);
      if (relocation.type == target.jumpSlot)
        out.main.back().type = target.globDat;
    }
  } else {
    out.plt = image.pltRelocations;
  }
  for (const LazyWord &word : plan.lazyWords)
    if (!word.stays)
      out.plt.push_back({words + word.position * target.wordSize,
                         target.jumpSlot, word.symbol, 0});
}

/// DT_RELR counts in words and adds to what is there: so the place must be one
/// whole word in the file, and, because nothing may be relocated in text,
/// writable.
bool Maker::isPackable(uint64_t place) {
  if (place % target.wordSize)
    return false;
  if (!packable.contains(place)) {
    const Segment *segment = image.segmentAt(place);
    if (!segment || !(segment->flags & PF_W))
      return false;
    packable = {segment->address, segment->fileSize};
  }
  return target.wordSize <= packable.end() - std::min(place, packable.end());
}

/// Whether the RELATIVE entry \p index of the main table goes into DT_RELR.
bool Maker::isPacked(size_t index) {
  const bool isWanted = packing == Packing::All ||
                        (packing == Packing::New &&
                         index < isRedirected.size() && isRedirected[index]);
  return isWanted && isPackable(out.main[index].offset);
}

/// Puts RELATIVE entries first, or into DT_RELR. Those of new code are in text,
/// wherever that will be.
void Maker::separate() {
  const bool isCounted =
      image.dynamicValue(image.hasAddends ? DT_RELACOUNT : DT_RELCOUNT)
          .has_value();
  if (packing != Packing::None)
    out.relr = image.relrPlaces;
  std::vector<Relocation> relative, others;
  relative.reserve(packing == Packing::All ? 0 : out.main.size());
  for (auto [index, relocation] : enumerate(out.main)) {
    if (relocation.type != target.relative || relocation.symbol) {
      others.push_back(relocation);
    } else if (isPacked(index)) {
      out.relr.push_back(relocation.offset);
      if (image.hasAddends)
        out.addends.push_back({relocation.offset, relocation.addend});
    } else {
      (isCounted ? relative : others).push_back(relocation);
    }
  }
  for (uint64_t place : code.code.absolutePlaces)
    (isCounted ? relative : others).push_back({place, target.relative, 0, 0});
  const auto byPlace = [](const Relocation &a, const Relocation &b) {
    return a.offset < b.offset;
  };
  sortRuns(relative, byPlace);
  sortRuns(out.relr, std::less<>());
  if (plan.overridesBindNow)
    llvm::stable_sort(others, [](const Relocation &a, const Relocation &b) {
      return a.symbol < b.symbol;
    });
  out.relativeCount = relative.size();
  out.main = std::move(relative);
  append_range(out.main, others);
}

RelocationTables Maker::run() {
  redirectSlots();
  bindPlt();
  separate();
  return std::move(out);
}

RelocationTables makeRelocationTables(const Image &image, const ImagePlan &plan,
                                      const EntryCode &code, uint64_t words,
                                      Packing packing) {
  return Maker(image, plan, code, words, packing).run();
}

} // namespace objprelink
