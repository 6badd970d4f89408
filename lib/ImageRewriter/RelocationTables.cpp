//===- RelocationTables.cpp - the relocations of the result ---------------===//
//
// ld.so goes through the first DT_RELACOUNT entries without looking at their
// types, and finds the symbol of the entry before in a cache of one. So
// RELATIVE entries stay first and in the order of places, and those of one
// symbol stay together.
//
//===----------------------------------------------------------------------===//

#include "ImageRewriter/RelocationTables.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Object/ELFTypes.h"
#include <algorithm>

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

namespace {
class Maker {
public:
  Maker(const Image &image, const ImagePlan &plan, const EntryCode &code,
        uint64_t words, bool pack)
      : image(image), plan(plan), target(*plan.target), code(code),
        words(words), pack(pack) {}
  RelocationTables run();

private:
  void redirectSlots();
  void bindPlt();
  void addFixups();
  void packRelative();
  void order();
  bool isPackable(const Relocation &relocation) const;

  const Image &image;
  const ImagePlan &plan;
  const Target &target;
  const EntryCode &code;
  const uint64_t words;
  const bool pack;
  RelocationTables out;
};
} // namespace

void Maker::redirectSlots() {
  out.main = image.relocations;
  for (auto [slot, function] : zip_equal(plan.vtables.slots, plan.functionOf)) {
    if (function == ImagePlan::kNone)
      continue;
    Relocation &relocation = out.main[slot.relocation];
    relocation.type = target.relative;
    relocation.symbol = 0;
    relocation.addend = code.functions[function];
    if (!image.hasAddends)
      out.addends.push_back({relocation.offset, code.functions[function]});
  }
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

void Maker::addFixups() {
  for (uint64_t place : code.code.absolutePlaces)
    out.main.push_back({place, target.relative, 0, 0});
}

/// DT_RELR counts in words and adds to what is there: so the place must be one
/// whole word in the file, and, because nothing may be relocated in text,
/// writable.
bool Maker::isPackable(const Relocation &relocation) const {
  if (relocation.type != target.relative || relocation.symbol ||
      relocation.offset % target.wordSize)
    return false;
  const Segment *segment = image.segmentAt(relocation.offset);
  return segment && (segment->flags & PF_W) &&
         !image.contentsAt(relocation.offset, target.wordSize).empty();
}

void Maker::packRelative() {
  out.relr = image.relrPlaces;
  const auto packed = std::stable_partition(
      out.main.begin(), out.main.end(),
      [&](const Relocation &r) { return !isPackable(r); });
  for (const Relocation &relocation : make_range(packed, out.main.end())) {
    out.relr.push_back(relocation.offset);
    if (image.hasAddends)
      out.addends.push_back({relocation.offset, relocation.addend});
  }
  out.main.erase(packed, out.main.end());
  llvm::sort(out.relr);
}

void Maker::order() {
  const bool isCounted =
      image.dynamicValue(image.hasAddends ? DT_RELACOUNT : DT_RELCOUNT)
          .has_value();
  if (!isCounted)
    return;
  const auto isRelative = [&](const Relocation &relocation) {
    return relocation.type == target.relative && !relocation.symbol;
  };
  const auto others =
      std::stable_partition(out.main.begin(), out.main.end(), isRelative);
  out.relativeCount = others - out.main.begin();
  const auto byPlace = [](const Relocation &a, const Relocation &b) {
    return a.offset < b.offset;
  };
  std::stable_sort(out.main.begin(), others, byPlace);
  if (plan.overridesBindNow)
    std::stable_sort(others, out.main.end(),
                     [](const Relocation &a, const Relocation &b) {
                       return a.symbol < b.symbol;
                     });
}

RelocationTables Maker::run() {
  redirectSlots();
  bindPlt();
  addFixups();
  if (pack)
    packRelative();
  order();
  return std::move(out);
}

RelocationTables makeRelocationTables(const Image &image, const ImagePlan &plan,
                                      const EntryCode &code, uint64_t words,
                                      bool pack) {
  return Maker(image, plan, code, words, pack).run();
}

ByteVector encodeRelocations(ArrayRef<Relocation> table, bool is64) {
  const auto encode = [&]<class Entry>(Entry entry) {
    ByteVector out;
    out.reserve(table.size() * sizeof(Entry));
    for (const Relocation &relocation : table) {
      entry.r_offset = relocation.offset;
      entry.setSymbolAndType(relocation.symbol, relocation.type,
                             /*IsMips64EL=*/false);
      if constexpr (std::is_same_v<Entry, object::ELF64LE::Rela>)
        entry.r_addend = relocation.addend;
      append_range(
          out, Bytes(reinterpret_cast<const uint8_t *>(&entry), sizeof(entry)));
    }
    return out;
  };
  return is64 ? encode(object::ELF64LE::Rela())
              : encode(object::ELF32LE::Rel());
}

} // namespace objprelink
