//===- ImagePlan.cpp - which slots change, and what they lead to ---------===//
//
// All slots of a function change, or none, because programs compare slots:
// where two tables part, what a class overrides. So no slot can be the word
// that the others jump through, and no other word with the function's address
// may stay: it may be a slot of a table that was not found, and an alias or
// --icf gives one function two names.
//
// A relay jumps through a GOT word, an eager PLT word, or a new word in RELRO;
// functions with most slots get new words first. LLD and mold leave padding at
// the end of RELRO. GNU ld leaves the first page of RELRO empty up to where its
// segment begins; the segment and PT_GNU_RELRO then begin earlier, as far as
// the file has zeros there that no header describes. A slot that nobody can
// overwrite must not come to depend on a word that somebody can: the relay of a
// slot in RELRO jumps through no word outside. Slots without any such word stay
// symbolic, and the loader answers all but the first of a function from its
// cache of one, which costs no more look-ups. New words need relocations. Where
// these would make the main table too long for the image, or would move notes
// away from their offsets, which programs read as well, there are no new words.
// An entry of the image's own PLT that jumps through such a word is the relay:
// BFD names one entry for a word, and gdb steps through code that has a name.
//
// A function is bound late only if another library is known to have it.
// Undefined symbols have the version or the type of the definition that the
// linker found. So the file itself says what the link knew, and no library has
// to be there when it is rewritten: of 3,478 such functions in the 155
// libraries of dolphin, kate and konqueror all have one or the other. A look-up
// at the first call also takes the loader's lock if the library that it finds
// is none of those that the image needs. So functions that the image itself
// defines, and those that no needed library is known to have, are never bound
// late.
//
// A lazy entry shares what the image has: the word and the entry of its PLT, or
// a GOT word, which is bound eagerly anyway. mold's PLT leaves the index in a
// register, and i386's needs %ebx, which a virtual caller does not set: the
// word of such an entry keeps its place and gets a new tail (push index; jmp
// PLT0). New words are outside RELRO, because ld.so writes to them late. The
// GOT's header may be inside, because ld.so writes to it before it protects
// anything.
//
// The value of %ebx is derived. Linkers count i386 PLT entries from .got.plt or
// from .got. Only one value makes the entries lead to exactly the words of
// DT_JMPREL; if none does, they are left alone.
//
// Relays are made where lazy entries cannot be: in BIND_NOW images, and where
// the dynamic table has no room for DT_JMPREL and DT_PLTGOT (lld leaves none).
// objprelink2 then says so.
//
// BIND_NOW stays unless --override-bind-now is given. Then all other PLT words
// become GLOB_DATs of the main table, sorted by symbol for the loader's cache
// of one, and are as eager and as read-only as before.
//
//===----------------------------------------------------------------------===//

#include "ImageRewriter/ImagePlan.h"
#include "ImageEdit/RelroRoom.h"
#include "ImageRewriter/SameWords.h"
#include "Support/SortByNumber.h"
#include "VTable/Names.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

namespace {
class Planner {
public:
  Planner(const Image &image, const Target &target, const SlotConfig &config,
          PlanLimits limits)
      : image(image), target(target), config(config), limits(limits) {}
  Expected<ImagePlan> run();

private:
  struct Words {
    /// Places of the symbol's GOT word, of its PLT word; 0 is none.
    uint64_t got = 0;
    uint64_t plt = 0;
    uint32_t pltIndex = 0;
  };

  void chooseMode();
  bool isWord(const Relocation &relocation) const;
  void findWords();
  void findEntries();
  SlotOutcome judgeSymbol(const DynamicSymbol &symbol) const;
  SlotOutcome judge(const ImageSlot &slot);
  bool isSafeWord(uint64_t word, ArrayRef<uint32_t> slots) const;
  bool isNeededLibrary(StringRef name) const;
  bool mayBeLate(uint32_t symbol) const;
  bool mayMove(uint32_t symbol) const;
  std::optional<FunctionBinding> bindByRelay(uint32_t symbol,
                                             ArrayRef<uint32_t> slots);
  FunctionBinding bindLazily(uint32_t symbol);
  void keepNumbers();
  void moveWords();
  void judgeSlots();
  SlotOutcome bindFunction(uint32_t symbol, ArrayRef<uint32_t> slots);
  void redirect(ArrayRef<uint32_t> slots, const FunctionBinding &binding);
  void bindFunctions();
  void bindByNewWords(std::vector<ArrayRef<uint32_t>> wordless);
  uint32_t symbolOf(uint32_t slot) const {
    return image.relocations[plan.vtables.slots[slot].relocation].symbol;
  }
  const FoundEntry *usableEntry(uint64_t word) const;
  bool bindsItself(const FoundEntry &entry, uint64_t word,
                   uint32_t index) const;
  ArrayRef<FoundEntry> entriesOf(uint64_t word) const;

  const Image &image;
  const Target &target;
  const SlotConfig &config;
  const PlanLimits limits;
  ImagePlan plan;
  std::vector<Words> words;         ///< by symbol
  std::vector<SameWords> sameWords; ///< by symbol
  std::vector<bool> hasSlots;       ///< by symbol
  /// What was found out about slots of each symbol.
  std::vector<std::optional<SlotOutcome>> judgedSymbols;
  /// A segment that may be written to.
  AddressRange writable;
  std::vector<uint32_t> lazyWordOf; ///< by symbol
  std::vector<FoundEntry> entries;  ///< by word
};
} // namespace

bool hasPltSection(const Image &image) {
  return any_of(image.sections, [&](const Section &section) {
    return image.name(section) == ".plt";
  });
}

void Planner::chooseMode() {
  const bool isNow = image.isBindNow;
  plan.mode = config.mode;
  if (!limits.lazy || (isNow && !config.overrideBindNow))
    plan.mode = Mode::Relay;
  // DT_JMPREL with its size and kind, and DT_PLTGOT.
  const uint64_t room = image.dynamicRange.size / (2 * target.wordSize) - 1 -
                        image.dynamic.size();
  const uint64_t wanted = (image.dynamicValue(DT_JMPREL) ? 0 : 3) +
                          (image.dynamicValue(DT_PLTGOT) ? 0 : 1);
  plan.lacksPltRoom =
      plan.mode == Mode::Lazy && wanted > room && !limits.anyRoom;
  if (plan.lacksPltRoom)
    plan.mode = Mode::Relay;
  plan.style.i386Scratch = config.i386Scratch;
  if (target.hasAbsoluteEntries && plan.mode == Mode::Lazy) {
    const bool canSay = image.dynamicValue(DT_FLAGS) ||
                        image.hasTextRelocations() || room > wanted;
    plan.style.absolute = config.plt == PltKind::Absolute && canSay;
    plan.lacksTextRelocations = config.plt == PltKind::Absolute && !canSay;
    // The other kind of header returns to where no call has been.
    if (!plan.style.absolute && plan.style.protection.shadowStack)
      plan.mode = Mode::Relay;
  }
  plan.overridesBindNow = isNow && plan.mode == Mode::Lazy;
}

/// Linkers align words and have ld.so write to them, late to those of a lazy
/// PLT, which the file says how to bind. In the tables of REL type a PLT word's
/// addend is what the word is before it is bound.
bool Planner::isWord(const Relocation &relocation) const {
  const bool isPlt = relocation.type == target.jumpSlot;
  const Segment *segment = image.segmentAt(relocation.offset, target.wordSize);
  return segment && (segment->flags & PF_W) &&
         relocation.offset % target.wordSize == 0 &&
         (!relocation.addend || (isPlt && !image.hasAddends)) &&
         (!isPlt || image.isBindNow ||
          (!image.relro.contains(relocation.offset) &&
           !image.contentsAt(relocation.offset, target.wordSize).empty()));
}

void Planner::findWords() {
  words.resize(image.symbols.size());
  lazyWordOf.assign(image.symbols.size(), ImagePlan::kNone);
  for (const Relocation &relocation : image.relocations)
    if (relocation.type == target.globDat && !words[relocation.symbol].got &&
        isWord(relocation))
      words[relocation.symbol].got = relocation.offset;
  for (auto [index, relocation] : enumerate(image.pltRelocations))
    if (relocation.type == target.jumpSlot && relocation.symbol &&
        !words[relocation.symbol].plt && isWord(relocation)) {
      words[relocation.symbol].plt = relocation.offset;
      words[relocation.symbol].pltIndex = index;
    }
}

/// PLT entries are looked for in sections with their names only.
void Planner::findEntries() {
  SmallVector<AddressRange, 3> places;
  for (const Section &section : image.sections) {
    if (section.type != SHT_PROGBITS || !(section.flags & SHF_EXECINSTR))
      continue;
    const StringRef name = image.name(section);
    const Segment *segment = image.segmentAt(section.address);
    // Entries of .plt.got have words of the GOT, which relays share. What
    // lazy ones on i386 have in %ebx is found by the words of DT_JMPREL.
    const bool isPlt = name == ".plt" || name == ".plt.sec" ||
                       (name == ".plt.got" &&
                        (plan.mode == Mode::Relay || target.hasPltEntryForm));
    if (isPlt && segment && (segment->flags & PF_X))
      places.push_back({section.address, section.size});
  }
  entries = target.findEntries(image, places);
  sortByNumber(entries, [](const FoundEntry &entry) { return entry.word; });
}

ArrayRef<FoundEntry> Planner::entriesOf(uint64_t word) const {
  const auto first = llvm::partition_point(
      entries, [&](const FoundEntry &entry) { return entry.word < word; });
  return ArrayRef(entries)
      .drop_front(first - entries.begin())
      .take_while([&](const FoundEntry &entry) { return entry.word == word; });
}

/// An entry that a virtual call may come to.
const FoundEntry *Planner::usableEntry(uint64_t word) const {
  for (const FoundEntry &entry : entriesOf(word))
    if (!entry.needsRegister &&
        (entry.hasLandingPad || !plan.style.protection.landingPads))
      return &entry;
  return nullptr;
}

/// Whether slots of \p symbol may be redirected, or why not.
SlotOutcome Planner::judgeSymbol(const DynamicSymbol &symbol) const {
  if (symbol.type == STT_GNU_IFUNC)
    return SlotOutcome::IFunc;
  if ((symbol.type != STT_FUNC && symbol.type != STT_NOTYPE) ||
      isSpecialDataName(image.name(symbol)))
    return SlotOutcome::Data;
  if (symbol.binding == STB_LOCAL)
    return SlotOutcome::Local;
  if (symbol.visibility != STV_DEFAULT)
    return SlotOutcome::NotDefault;
  if (symbol.isUndefined() && symbol.binding == STB_WEAK)
    return SlotOutcome::WeakUndefined;
  if (!symbol.isUndefined()) {
    const Segment *segment = image.segmentAt(symbol.value);
    if (symbol.type != STT_FUNC || !segment || !(segment->flags & PF_X))
      return SlotOutcome::NotAFunction;
    if (config.slots == SlotSet::Undefined)
      return SlotOutcome::DefinedHere;
  }
  return SlotOutcome::Redirected;
}

SlotOutcome Planner::judge(const ImageSlot &slot) {
  const Relocation &relocation = image.relocations[slot.relocation];
  if (relocation.addend)
    return SlotOutcome::Addend;
  std::optional<SlotOutcome> &judged = judgedSymbols[relocation.symbol];
  if (!judged)
    judged = judgeSymbol(image.symbols[relocation.symbol]);
  if (*judged != SlotOutcome::Redirected)
    return *judged;
  // Most slots are in the segment of the one before.
  if (!writable.contains(relocation.offset)) {
    const Segment *segment = image.segmentAt(relocation.offset);
    if (!segment || !(segment->flags & PF_W))
      return SlotOutcome::ReadOnly;
    writable = {segment->address, segment->memorySize};
  }
  return writable.end() - relocation.offset >= target.wordSize
             ? SlotOutcome::Redirected
             : SlotOutcome::ReadOnly;
}

/// Whether jumping through \p word is as safe as what the slots hold now: what
/// nobody can overwrite must not come to depend on what somebody can.
bool Planner::isSafeWord(uint64_t word, ArrayRef<uint32_t> slots) const {
  return image.relro.contains(word) || none_of(slots, [&](uint32_t slot) {
           const uint32_t index = plan.vtables.slots[slot].relocation;
           return image.relro.contains(image.relocations[index].offset);
         });
}

bool Planner::isNeededLibrary(StringRef name) const {
  return any_of(image.dynamic, [&](const DynamicEntry &entry) {
    return entry.tag == DT_NEEDED && image.string(entry.value) == name;
  });
}

/// Whether a look-up at the first call finds what one at load time would, as
/// far as the file can tell, without the loader's lock. Linkers give an
/// undefined symbol the version and the type of the definition that they found
/// in a shared library; without one it has neither.
bool Planner::mayBeLate(uint32_t index) const {
  const DynamicSymbol &symbol = image.symbols[index];
  if (!symbol.isUndefined() || !image.dynamicValue(DT_NEEDED))
    return false;
  const NeededVersion *version = image.neededVersion(symbol.versionIndex());
  return version ? isNeededLibrary(version->library) : symbol.type == STT_FUNC;
}

std::optional<FunctionBinding> Planner::bindByRelay(uint32_t symbol,
                                                    ArrayRef<uint32_t> slots) {
  FunctionBinding binding;
  binding.symbol = symbol;
  const bool pltIsEager =
      image.isBindNow && lazyWordOf[symbol] == ImagePlan::kNone;
  for (uint64_t word : {words[symbol].got, pltIsEager ? words[symbol].plt : 0})
    if (word && isSafeWord(word, slots)) {
      // GNU BFD names one entry for a word, and gdb steps through what has a
      // name: the image's own, if it has one.
      if (const FoundEntry *entry = usableEntry(word)) {
        binding.kind = FunctionBinding::Kind::OldEntry;
        binding.entry = entry->address;
      } else {
        binding.word = word;
      }
      return binding;
    }
  return std::nullopt;
}

/// Whether \p word, until it is bound, leads to the tail of \p entry, and that
/// to ld.so, and needs nothing else: the PLT entries of GNU ld, gold and lld,
/// but not mold's, which leave the index in a register.
bool Planner::bindsItself(const FoundEntry &entry, uint64_t word,
                          uint32_t index) const {
  const std::optional<uint64_t> contents = image.word(word);
  if (!contents || !entry.tail || *contents != entry.tail->address)
    return false;
  if (plan.style.protection.landingPads && !entry.tail->hasLandingPad)
    return false;
  return entry.tail->index == index &&
         entry.tail->got == image.dynamicValue(DT_PLTGOT).value_or(0);
}

FunctionBinding Planner::bindLazily(uint32_t symbol) {
  FunctionBinding binding;
  binding.symbol = symbol;
  uint32_t &lazyWord = lazyWordOf[symbol];
  // A word that was eager is bound by relay, or else it has not been found.
  const bool isLazyPlt = words[symbol].plt && !plan.overridesBindNow;
  const FoundEntry *entry = isLazyPlt || lazyWord != ImagePlan::kNone
                                ? usableEntry(words[symbol].plt)
                                : nullptr;
  if (entry) {
    binding.kind = FunctionBinding::Kind::OldEntry;
    binding.entry = entry->address;
    if (isLazyPlt &&
        bindsItself(*entry, words[symbol].plt, words[symbol].pltIndex)) {
      ++plan.sharedLazyWords;
      return binding;
    }
  }
  if (lazyWord == ImagePlan::kNone) {
    lazyWord = plan.lazyWords.size();
    LazyWord added;
    added.symbol = symbol;
    if (isLazyPlt) {
      added.pltIndex = words[symbol].pltIndex;
      added.stays = true;
      added.place = words[symbol].plt;
    } else {
      added.position = plan.newWords++;
    }
    plan.lazyWords.push_back(std::move(added));
  }
  if (entry)
    return binding;
  plan.lazyWords[lazyWord].hasEntry = true;
  binding.kind = FunctionBinding::Kind::Lazy;
  binding.lazyWord = lazyWord;
  return binding;
}

/// DT_JMPREL held the relocations of eager PLT words. Tracers take its n-th
/// one for the n-th entry of .plt, and the number that an entry pushes for one
/// of these if it is small. So each leaves a placeholder there: a word that
/// nothing jumps through.
void Planner::keepNumbers() {
  for (auto [index, relocation] : enumerate(image.pltRelocations)) {
    // Linkers put others last.
    if (relocation.type != target.jumpSlot || !relocation.symbol)
      return;
    LazyWord word;
    word.symbol = relocation.symbol;
    word.isPlaceholder = true;
    word.position = plan.newWords++;
    plan.lazyWords.push_back(std::move(word));
    ++plan.numbered;
  }
}

/// Whether the calls through the PLT entry of \p symbol may be bound late.
/// ld.so needs no lock for what it finds in the image itself. Where a slot has
/// the function, its word is bound at load time anyway, and serves the calls.
bool Planner::mayMove(uint32_t symbol) const {
  return image.symbols[symbol].isUndefined() ? mayBeLate(symbol)
                                             : !hasSlots[symbol];
}

/// The words of eager PLT entries are in memory that is read-only once they are
/// bound. To be bound later they must be elsewhere, and every entry that jumps
/// through one must be known.
void Planner::moveWords() {
  for (auto [index, relocation] : enumerate(image.pltRelocations)) {
    if (relocation.type != target.jumpSlot || !relocation.symbol ||
        !isWord(relocation) || !mayMove(relocation.symbol))
      continue;
    const ArrayRef<FoundEntry> found = entriesOf(relocation.offset);
    if (found.empty())
      continue;
    LazyWord word;
    word.symbol = relocation.symbol;
    word.pltIndex = index;
    word.position = plan.newWords++;
    word.entries = found.vec();
    if (words[relocation.symbol].pltIndex == index)
      lazyWordOf[relocation.symbol] = plan.lazyWords.size();
    plan.lazyWords.push_back(std::move(word));
    ++plan.movedWords;
  }
}

void Planner::judgeSlots() {
  judgedSymbols.resize(image.symbols.size());
  hasSlots.resize(image.symbols.size());
  for (const ImageSlot &slot : plan.vtables.slots) {
    plan.outcomes.push_back(judge(slot));
    if (plan.outcomes.back() == SlotOutcome::Redirected)
      hasSlots[image.relocations[slot.relocation].symbol] = true;
  }
  plan.functionOf.assign(plan.vtables.slots.size(), ImagePlan::kNone);
}

void Planner::redirect(ArrayRef<uint32_t> slots,
                       const FunctionBinding &binding) {
  for (uint32_t slot : slots) {
    plan.outcomes[slot] = SlotOutcome::Redirected;
    plan.functionOf[slot] = plan.functions.size();
  }
  plan.functions.push_back(binding);
  plan.redirected += slots.size();
}

/// Binds the function of \p slots, all that may be redirected, if that needs no
/// new word in RELRO. Says what becomes of them.
SlotOutcome Planner::bindFunction(uint32_t symbol, ArrayRef<uint32_t> slots) {
  if (none_of(slots, [&](uint32_t slot) { return config.wantsSlot(slot + 1); }))
    return SlotOutcome::NotWanted;
  if (sameWords[symbol].count != slots.size())
    return SlotOutcome::OtherWords;
  if (sameWords[symbol].hasOtherName)
    return SlotOutcome::OtherName;
  std::optional<FunctionBinding> binding = bindByRelay(symbol, slots);
  const bool isLazy = plan.mode == Mode::Lazy;
  if (!binding && isLazy && mayBeLate(symbol))
    binding = bindLazily(symbol);
  if (!binding)
    return isLazy ? SlotOutcome::NotLate : SlotOutcome::NoWord;
  redirect(slots, *binding);
  return SlotOutcome::Redirected;
}

void Planner::bindFunctions() {
  // Slots by function.
  std::vector<uint32_t> order;
  for (auto [slot, outcome] : enumerate(plan.outcomes))
    if (outcome == SlotOutcome::Redirected)
      order.push_back(slot);
  sortByNumber(order, [&](uint32_t slot) { return symbolOf(slot); });
  sameWords = findSameWords(image, target);
  std::vector<ArrayRef<uint32_t>> wordless;
  for (ArrayRef<uint32_t> rest = order; !rest.empty();) {
    const uint32_t symbol = symbolOf(rest.front());
    const ArrayRef<uint32_t> slots = rest.take_while(
        [&](uint32_t slot) { return symbolOf(slot) == symbol; });
    rest = rest.drop_front(slots.size());
    const SlotOutcome outcome = bindFunction(symbol, slots);
    for (uint32_t slot : slots)
      plan.outcomes[slot] = outcome;
    // A relay for one slot would save nothing.
    if ((outcome == SlotOutcome::NoWord || outcome == SlotOutcome::NotLate) &&
        slots.size() > 1)
      wordless.push_back(slots);
  }
  if (limits.newWords)
    bindByNewWords(std::move(wordless));
}

/// Gives relays new words in RELRO, those with most slots first.
void Planner::bindByNewWords(std::vector<ArrayRef<uint32_t>> wordless) {
  if (limits.anyRoom) {
    for (ArrayRef<uint32_t> slots : wordless)
      redirect(slots, {.symbol = symbolOf(slots.front())});
    return;
  }
  llvm::stable_sort(wordless, [](ArrayRef<uint32_t> a, ArrayRef<uint32_t> b) {
    return a.size() > b.size();
  });
  AddressRange room = findRelroPadding(image);
  const bool isBelow = room.size < target.wordSize;
  if (isBelow)
    room = findRoomBelowRelro(image);
  wordless.resize(
      std::min<uint64_t>(wordless.size(), room.size / target.wordSize));
  if (wordless.empty())
    return;
  uint64_t word = room.address;
  // Those that the segment is to reach are next to it.
  if (isBelow)
    plan.relroBegin = word = room.end() - wordless.size() * target.wordSize;
  for (ArrayRef<uint32_t> slots : wordless) {
    FunctionBinding binding;
    binding.symbol = symbolOf(slots.front());
    binding.word = word;
    plan.relroWords.push_back({word, target.globDat, binding.symbol});
    word += target.wordSize;
    redirect(slots, binding);
  }
}

Expected<ImagePlan> Planner::run() {
  plan.target = &target;
  plan.style.protection = readProperties(image).protection;
  chooseMode();

  Expected<ImageVTables> vtables =
      findImageVTables(image, target.relocationKinds());
  if (!vtables)
    return vtables.takeError();
  plan.vtables = std::move(*vtables);
  findWords();
  findEntries();
  if (!plan.overridesBindNow)
    plan.numbered = image.pltRelocations.size();
  else if (hasPltSection(image))
    keepNumbers();
  judgeSlots();
  if (plan.overridesBindNow && config.lazyAll)
    moveWords();
  bindFunctions();
  // Placeholders alone are for nobody.
  if (plan.overridesBindNow && !plan.movedWords &&
      plan.lazyWords.size() == plan.numbered) {
    plan.lazyWords.clear();
    plan.newWords = 0;
    plan.numbered = image.pltRelocations.size();
  }
  plan.overridesBindNow &= !plan.lazyWords.empty();
  return std::move(plan);
}

Expected<ImagePlan> makeImagePlan(const Image &image, const Target &target,
                                  const SlotConfig &config, PlanLimits limits) {
  return Planner(image, target, config, limits).run();
}

} // namespace objprelink
