//===- VerifyRelocations.cpp - dynamic relocations of two images ----------===//
//
// Places are matched, not table entries: both sides are sorted by place and
// walked once, because an image may have 600,000 of them. Sorted vectors also
// serve the look-ups of the parts after this one.
//
//===----------------------------------------------------------------------===//

#include "ImageVerifier/Comparison.h"
#include "Support/Diagnostics.h"
#include "Support/SortByNumber.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/Parallel.h"
#include <algorithm>

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

static int64_t addendAt(const Image &image, uint64_t place) {
  const uint64_t word = image.word(place).value_or(0);
  return image.is64 ? int64_t(word) : int32_t(word);
}

/// All relocations by place. Those of one place stay in the order in which
/// ld.so applies them: DT_RELR, the main table, DT_JMPREL.
static std::vector<PlacedRelocation> collect(const Image &image,
                                             uint32_t relative) {
  const ArrayRef<uint64_t> relr = image.relrPlaces;
  const ArrayRef<Relocation> main = image.relocations,
                             plt = image.pltRelocations;
  const auto entryAt = [&](size_t number) -> const Relocation & {
    return number < main.size() ? main[number] : plt[number - main.size()];
  };
  const std::vector<uint32_t> order =
      orderByNumber(relr.size() + main.size() + plt.size(), [&](size_t number) {
        return number < relr.size() ? relr[number]
                                    : entryAt(number - relr.size()).offset;
      });
  std::vector<PlacedRelocation> out;
  out.reserve(order.size());
  for (uint32_t number : order) {
    if (number < relr.size()) {
      out.push_back({relr[number], addendAt(image, relr[number]), relative, 0,
                     number, RelocationTable::Relr});
      continue;
    }
    const uint32_t index = number - relr.size();
    const Relocation &entry = entryAt(index);
    const bool isPlt = index >= main.size();
    if (entry.type)
      out.push_back({entry.offset, entry.addend, entry.type, entry.symbol,
                     isPlt ? uint32_t(index - main.size()) : index,
                     isPlt ? RelocationTable::Plt : RelocationTable::Main});
  }
  return out;
}

std::string describe(const Comparison &c, const PlacedRelocation &relocation) {
  return formatv("type {0}, {1}, addend {2:x}", relocation.type,
                 c.describeSymbol(relocation.symbol),
                 uint64_t(relocation.addend));
}

namespace {
class RelocationComparison {
public:
  explicit RelocationComparison(Comparison &c)
      : c(c), isFunction(c.before.symbols.size()) {}
  Error run();

private:
  using Group = ArrayRef<PlacedRelocation>;

  Error compareGroups(Group old, Group now);
  Error compare(const PlacedRelocation &old, const PlacedRelocation &now);
  bool isRebound(const PlacedRelocation &old,
                 const PlacedRelocation &now) const;
  Error changed(const PlacedRelocation &old, const PlacedRelocation &now) const;
  Error compareTables(const PlacedRelocation &old, const PlacedRelocation &now);
  StringRef whyNoFunction(uint32_t symbol) const;
  bool mayBePacked(uint64_t place) const;
  Error checkRedirection(const PlacedRelocation &old,
                         const PlacedRelocation &now);
  bool isRelroPadding(uint64_t place);
  bool isBelowRelro(uint64_t place);
  bool isInRelro(uint64_t place) const;
  bool hasSymbolAt(uint64_t place);
  Error vanished(Group old);
  Error appeared(Group now);
  Error comparePltOrder();
  void change(uint64_t place) {
    c.changedWords.push_back({place, c.machine.wordSize});
  }
  uint32_t indexOf(const PlacedRelocation &relocation) const {
    return &relocation - c.relocationsBefore.data();
  }

  Comparison &c;
  uint64_t lastNewEnd = 0;
  /// Whether that was found out of a symbol of OLD.
  std::vector<bool> isFunction;
  /// Of the symbols of OLD, sorted, where that was asked for.
  std::vector<uint64_t> symbolValues;
};
} // namespace

/// What a stub may stand for: a function that is looked up by name and called.
/// Says why \p index is not one.
StringRef RelocationComparison::whyNoFunction(uint32_t index) const {
  const DynamicSymbol &symbol = c.before.symbols[index];
  if (symbol.binding == STB_LOCAL)
    return "local";
  if (symbol.binding == STB_WEAK && symbol.isUndefined())
    return "weak and undefined";
  if (symbol.type != STT_FUNC &&
      !(symbol.type == STT_NOTYPE && symbol.isUndefined()))
    return "not a function";
  if (symbol.section == Symbol::kAbsolute)
    return "absolute";
  // Undefined symbols often have no type. Itanium C++ ABI 5.1.4: these are
  // vtables, VTTs, type infos and their names.
  const StringRef name = c.before.name(symbol);
  return any_of(ArrayRef<StringRef>{"_ZTV", "_ZTT", "_ZTI", "_ZTS", "_ZTC"},
                [&](StringRef prefix) { return name.starts_with(prefix); })
             ? "data"
             : "";
}

/// Whether DT_RELR can have the word at \p place.
bool RelocationComparison::mayBePacked(uint64_t place) const {
  const Segment *segment = c.after.segmentAt(place, c.machine.wordSize);
  return place % c.machine.wordSize == 0 && segment &&
         (segment->flags & PF_W) &&
         !c.after.contentsAt(place, c.machine.wordSize).empty();
}

Error RelocationComparison::checkRedirection(const PlacedRelocation &old,
                                             const PlacedRelocation &now) {
  if (now.symbol)
    return error("address {0:x}: RELATIVE with symbol {1}", now.place,
                 now.symbol);
  if (!isFunction[old.symbol]) {
    if (const StringRef why = whyNoFunction(old.symbol); !why.empty())
      return error("the slot at {0:x} is redirected, but {1} is {2}", old.place,
                   c.describeSymbol(old.symbol), why);
    isFunction[old.symbol] = true;
  }
  // ld.so takes the mixture, but other readers do not.
  if (!c.before.relrTable.empty() && now.table == RelocationTable::Main &&
      mayBePacked(now.place))
    return error("the slot at {0:x} is redirected, but not in DT_RELR",
                 now.place);
  c.redirectedSlots.push_back(
      {c.after.is64 ? uint64_t(now.addend) : uint32_t(now.addend), old.place,
       old.symbol,
       c.after.relro.contains(old.place) &&
           c.after.relro.contains(old.place + c.machine.wordSize - 1)});
  change(old.place);
  return Error::success();
}

/// ld.so may leave what DT_JMPREL has for later.
Error RelocationComparison::compareTables(const PlacedRelocation &old,
                                          const PlacedRelocation &now) {
  const bool wasPlt = old.table == RelocationTable::Plt;
  const bool isPlt = now.table == RelocationTable::Plt;
  if (wasPlt != isPlt && (isPlt || !c.note.has(noteoption::kOverrideBindNow)))
    return error("address {0:x}: its relocation is {1} DT_JMPREL", old.place,
                 isPlt ? "now in" : "no longer in");
  return Error::success();
}

/// A word of the PLT holds where it leads until it is bound; on REL targets
/// that looks like an addend.
bool RelocationComparison::isRebound(const PlacedRelocation &old,
                                     const PlacedRelocation &now) const {
  return old.type == c.machine.jumpSlot && now.type == old.type &&
         old.symbol == now.symbol && old.table == RelocationTable::Plt &&
         now.table == RelocationTable::Plt && c.mayBeLazy() &&
         (!c.after.hasAddends || old.addend == now.addend) &&
         c.wordBefore(old.place) != c.wordAfter(now.place);
}

Error RelocationComparison::changed(const PlacedRelocation &old,
                                    const PlacedRelocation &now) const {
  return error("address {0:x}: relocation ({1}) was ({2})", old.place,
               describe(c, now), describe(c, old));
}

Error RelocationComparison::compare(const PlacedRelocation &old,
                                    const PlacedRelocation &now) {
  if (isRebound(old, now)) {
    change(now.place);
    c.reboundWords.push_back(now.place);
    return Error::success();
  }
  if (old.sameMeaning(now)) {
    // Where the place itself holds the addend, it was compared.
    const bool wasInPlace =
        old.table == RelocationTable::Relr || !c.before.hasAddends;
    const bool isInPlace =
        now.table == RelocationTable::Relr || !c.after.hasAddends;
    if (wasInPlace != isInPlace)
      change(old.place);
    return compareTables(old, now);
  }
  if (old.type == c.machine.absoluteWord && old.symbol && !old.addend &&
      now.type == c.machine.relative && now.table != RelocationTable::Plt)
    return checkRedirection(old, now);
  if (old.type == c.machine.jumpSlot && now.type == c.machine.globDat &&
      old.symbol == now.symbol && old.addend == now.addend &&
      now.table == RelocationTable::Main)
    return compareTables(old, now);
  return changed(old, now);
}

Error RelocationComparison::compareGroups(Group old, Group now) {
  if (old.size() == 1 && now.size() == 1)
    return compare(old.front(), now.front());
  if (old.size() != now.size())
    return error("address {0:x}: {1} relocations were {2}", old.front().place,
                 now.size(), old.size());
  for (auto [a, b] : zip_equal(old, now)) {
    if (!a.sameMeaning(b))
      return changed(a, b);
    if (Error e = compareTables(a, b))
      return e;
  }
  return Error::success();
}

Error RelocationComparison::vanished(Group old) {
  for (const PlacedRelocation &relocation : old) {
    if (old.size() != 1 || relocation.type != c.machine.jumpSlot ||
        !c.note.has(noteoption::kLazyAll))
      return error("address {0:x}: its relocation ({1}) is missing",
                   relocation.place, describe(c, relocation));
    c.movedWords.push_back(indexOf(relocation));
  }
  return Error::success();
}

bool RelocationComparison::isInRelro(uint64_t place) const {
  return c.after.relro.contains(place) &&
         c.after.relro.contains(place + c.machine.wordSize - 1);
}

/// Whether a symbol of OLD is in the word at \p place.
bool RelocationComparison::hasSymbolAt(uint64_t place) {
  if (symbolValues.empty()) {
    for (const DynamicSymbol &symbol : c.before.symbols)
      if (symbol.isInSection() && symbol.type != STT_TLS)
        symbolValues.push_back(symbol.value);
    llvm::sort(symbolValues);
  }
  const auto next = lower_bound(symbolValues, place);
  return next != symbolValues.end() && *next - place < c.machine.wordSize;
}

/// Whether the word at \p place is zeros between the last section of RELRO and
/// its end, by which linkers name what is nobody's.
bool RelocationComparison::isRelroPadding(uint64_t place) {
  const uint64_t end = place + c.machine.wordSize;
  const Segment *segment = c.before.segmentAt(place, c.machine.wordSize);
  const auto isIn = [&](const Section &section) {
    return (section.flags & SHF_ALLOC) && !(section.flags & SHF_TLS) &&
           section.address < end && place < section.address + section.size;
  };
  const auto isPadding = [&](const Section &section) {
    return section.type == SHT_NOBITS &&
           c.before.name(section) == ".relro_padding" &&
           section.address <= place && end <= section.address + section.size;
  };
  return segment && place >= segment->address + segment->fileSize &&
         isInRelro(place) && count_if(c.before.sections, isIn) == 1 &&
         count_if(c.before.sections, isPadding) == 1 && !hasSymbolAt(place);
}

/// Whether the word at \p place is in memory that RELRO's segment has before
/// what it had, which was compared with the segments.
bool RelocationComparison::isBelowRelro(uint64_t place) {
  const unsigned wordSize = c.machine.wordSize;
  const Segment *now = c.after.segmentAt(place, wordSize);
  return now && isInRelro(place) &&
         any_of(c.before.loadable,
                [&](uint32_t index) {
                  const uint64_t old = c.before.segments[index].address;
                  return now->address <= place && place + wordSize <= old &&
                         old < now->addressEnd();
                }) &&
         !hasSymbolAt(place);
}

/// New relocations are of words that nothing else uses.
Error RelocationComparison::appeared(Group now) {
  const PlacedRelocation &relocation = now.front();
  const uint64_t place = relocation.place;
  const unsigned wordSize = c.machine.wordSize;
  const auto refuse = [&](StringRef why) {
    return error("address {0:x}: new relocation ({1}) {2}", place,
                 describe(c, relocation), why);
  };
  if (now.size() != 1)
    return refuse("of a place that has another");
  const bool isWord = relocation.type == c.machine.globDat &&
                      relocation.table == RelocationTable::Main;
  const bool inPadding = isWord && isRelroPadding(place);
  if (relocation.type != c.machine.jumpSlot &&
      relocation.type != c.machine.relative && !inPadding &&
      !(isWord && isBelowRelro(place)))
    return refuse("of a type that none can have");
  if ((relocation.type == c.machine.jumpSlot) !=
      (relocation.table == RelocationTable::Plt))
    return refuse("in the wrong table");
  if (place < lastNewEnd)
    return refuse("overlaps another");
  lastNewEnd = place + wordSize;
  if (!c.after.segmentAt(place, wordSize))
    return refuse("of a word that is not in one segment");
  // Old memory, unless what it held is elsewhere now.
  for (uint32_t index : c.before.loadable) {
    const Segment &segment = c.before.segments[index];
    if (place < segment.addressEnd() && segment.address < place + wordSize &&
        !c.freed.covers(place, wordSize) && !inPadding)
      return refuse("of a word in old memory");
  }
  if (!c.hasFlags(place, wordSize, PF_W, 0) &&
      !(c.note.has(noteoption::kAbsolutePlt) && c.after.hasTextRelocations()))
    return refuse("of a word in read-only memory");
  c.newRelocations.push_back(&relocation - c.relocationsAfter.data());
  return Error::success();
}

/// Old PLT entries push the index, or offset, of their relocation.
Error RelocationComparison::comparePltOrder() {
  const ArrayRef<Relocation> olds = c.before.pltRelocations,
                             nows = c.after.pltRelocations;
  const auto isSame = [](const Relocation &old, const Relocation &now) {
    return old.type == now.type && old.symbol == now.symbol;
  };
  const auto *old =
      std::mismatch(olds.begin(), olds.end(), nows.begin(), nows.end(), isSame)
          .first;
  if (c.hasPltSection() || !c.note.has(noteoption::kOverrideBindNow))
    c.numberedRelocations = old - olds.begin();
  if (c.note.has(noteoption::kOverrideBindNow))
    return Error::success();
  if (nows.size() < olds.size())
    return error("DT_JMPREL: {0} entries were {1}", nows.size(), olds.size());
  for (auto [index, old] : enumerate(olds)) {
    const Relocation &now = nows[index];
    const bool mayMove =
        old.type == c.machine.jumpSlot && c.note.has(noteoption::kLazyAll);
    if (old.type != now.type || old.symbol != now.symbol ||
        (old.offset != now.offset && !mayMove))
      return error("DT_JMPREL: entry {0} is of address {1:x}, symbol {2}, and "
                   "was of {3:x}, {4}",
                   index, now.offset, now.symbol, old.offset, old.symbol);
  }
  for (const Relocation &now : nows.drop_front(olds.size()))
    if (now.type != c.machine.jumpSlot)
      return error("DT_JMPREL: new entry of type {0} for address {1:x}",
                   now.type, now.offset);
  return Error::success();
}

Error RelocationComparison::run() {
  if (Error e = comparePltOrder())
    return e;
  parallelFor(0, 2, [&](size_t task) {
    (task ? c.relocationsAfter : c.relocationsBefore) =
        collect(task ? c.after : c.before, c.machine.relative);
  });
  // As many as the note says, which is checked later.
  const size_t slots = std::min(c.note.slots, c.relocationsBefore.size());
  c.redirectedSlots.reserve(slots);
  c.changedWords.reserve(slots);
  Group olds = c.relocationsBefore, nows = c.relocationsAfter;
  const auto take = [](Group &rest) {
    const uint64_t place = rest.front().place;
    const Group group = rest.take_while(
        [&](const PlacedRelocation &r) { return r.place == place; });
    rest = rest.drop_front(group.size());
    return group;
  };
  while (!olds.empty() || !nows.empty()) {
    const bool hasOld =
        !olds.empty() && (nows.empty() || olds[0].place <= nows[0].place);
    const bool hasNow =
        !nows.empty() && (olds.empty() || nows[0].place <= olds[0].place);
    const Group old = hasOld ? take(olds) : Group();
    const Group now = hasNow ? take(nows) : Group();
    if (Error e = !hasNow   ? vanished(old)
                  : !hasOld ? appeared(now)
                            : compareGroups(old, now))
      return e;
  }
  c.isNeeded.resize(c.newRelocations.size());
  return Error::success();
}

Error compareRelocations(Comparison &c) {
  return RelocationComparison(c).run();
}

const PlacedRelocation *Comparison::relocationAfter(uint64_t place) const {
  const auto found =
      partition_point(relocationsAfter, [&](const PlacedRelocation &r) {
        return r.place < place;
      });
  size_t from = found - relocationsAfter.begin();
  return relocationAfter(place, from);
}

const PlacedRelocation *Comparison::relocationAfter(uint64_t place,
                                                    size_t &from) const {
  const auto isAt = [&](size_t index) {
    return index < relocationsAfter.size() &&
           relocationsAfter[index].place == place;
  };
  while (from < relocationsAfter.size() && relocationsAfter[from].place < place)
    ++from;
  return isAt(from) && !isAt(from + 1) ? &relocationsAfter[from] : nullptr;
}

bool Comparison::keepsNumber(const PlacedRelocation &relocation) const {
  return note.has(noteoption::kOverrideBindNow) &&
         relocation.table == RelocationTable::Plt &&
         relocation.index < numberedRelocations;
}

void Comparison::need(const PlacedRelocation &relocation) {
  const uint32_t index = &relocation - relocationsAfter.data();
  const auto found = lower_bound(newRelocations, index);
  if (found != newRelocations.end() && *found == index)
    isNeeded[found - newRelocations.begin()] = true;
}

} // namespace objprelink
