//===- VerifyStubs.cpp - where redirected slots lead ----------------------===//
//
// This file follows each slot through the code of its stub to a word, and the
// word's relocation back to the symbol that the slot had. A word that is bound
// at the first call leads, until then, to ld.so with the index of that
// relocation.
//
// ld.so writes the second and third word of DT_PLTGOT before it protects
// anything, and GNU ld has them in RELRO, so they may be there.
//
//===----------------------------------------------------------------------===//

#include "ImageVerifier/Comparison.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

namespace {
class StubCheck {
public:
  explicit StubCheck(Comparison &c) : c(c) {}
  Error checkStubs();
  Error checkLazyWords();

private:
  Error checkStub(const RedirectedSlot &slot);
  Error checkWord(const RedirectedSlot &slot, uint64_t word);
  Error checkLazyWord(const PlacedRelocation &relocation, bool hasGot);
  Error checkPlt0(uint64_t address, bool hasGot);
  Error checkGotWord(uint64_t address);
  Error checkField(uint64_t address, uint64_t value);
  bool wasLazy(const PlacedRelocation &now) const;

  Comparison &c;
  DenseSet<uint64_t> goodPlt0s;
};
} // namespace

/// An absolute address in code is a place that ld.so relocates.
Error StubCheck::checkField(uint64_t address, uint64_t value) {
  const PlacedRelocation *relocation = c.relocationAfter(address);
  if (!relocation || relocation->type != c.machine.relative ||
      uint32_t(relocation->addend) != uint32_t(value))
    return error("the absolute address at {0:x} has no RELATIVE relocation",
                 address);
  c.need(*relocation);
  return Error::success();
}

Error StubCheck::checkGotWord(uint64_t address) {
  const unsigned size = c.machine.wordSize;
  if (!c.hasFlags(address, size, PF_W, 0))
    return error("DT_PLTGOT: the word at {0:x} is not writable", address);
  if (c.wordAfter(address).value_or(0))
    return error("DT_PLTGOT: the word at {0:x} is not zero", address);
  const auto next =
      partition_point(c.relocationsAfter, [&](const PlacedRelocation &r) {
        return r.place + size <= address;
      });
  if (next != c.relocationsAfter.end() && next->place < address + size)
    return error("DT_PLTGOT: the word at {0:x} is relocated", address);
  return Error::success();
}

/// \p hasGot says that callers have the address of the GOT in a register.
Error StubCheck::checkPlt0(uint64_t address, bool hasGot) {
  const std::optional<DecodedPlt0> plt0 = c.decoder.plt0(c.after, address);
  if (!plt0)
    return error("the code at {0:x} does not call ld.so", address);
  const std::optional<uint64_t> got = c.after.dynamicValue(DT_PLTGOT);
  if (!got)
    return error("there is no DT_PLTGOT");
  if (plt0->relativeToGot && !hasGot)
    return error("the code at {0:x} needs the address of the GOT", address);
  if (goodPlt0s.contains(address))
    return Error::success();
  // The register is that of old code.
  const uint64_t base =
      plt0->relativeToGot ? c.before.dynamicValue(DT_PLTGOT).value_or(0) : 0;
  const unsigned size = c.machine.wordSize;
  if (base + plt0->pushed != *got + size ||
      base + plt0->jumped != *got + 2 * size)
    return error("the code at {0:x} leads to {1:x} and {2:x}, and DT_PLTGOT is "
                 "{3:x}",
                 address, base + plt0->pushed, base + plt0->jumped, *got);
  for (uint64_t word : {*got + size, *got + 2 * size})
    if (Error e = checkGotWord(word))
      return e;
  if (!plt0->absoluteFields.empty()) {
    if (Error e = checkField(plt0->absoluteFields[0], plt0->pushed))
      return e;
    if (Error e = checkField(plt0->absoluteFields[1], plt0->jumped))
      return e;
  }
  goodPlt0s.insert(address);
  return Error::success();
}

Error StubCheck::checkLazyWord(const PlacedRelocation &relocation,
                               bool hasGot) {
  const uint64_t word = relocation.place;
  const unsigned size = c.machine.wordSize;
  if (!c.hasFlags(word, size, PF_W, 0))
    return error("the word at {0:x} is bound late, but not writable", word);
  if (c.after.relro.contains(word) || c.after.relro.contains(word + size - 1))
    return error("the word at {0:x} is bound late, but in RELRO", word);
  const std::optional<uint64_t> address = c.wordAfter(word);
  if (!address)
    return error("the word at {0:x} is not in the file", word);
  const std::optional<DecodedTail> tail = c.decoder.tail(c.after, *address);
  if (!tail)
    return error("the word at {0:x} leads to {1:x}, which is not the end of a "
                 "PLT entry",
                 word, *address);
  if (c.protection.landingPads && !tail->hasLandingPad)
    return error("the code at {0:x} has no landing pad", *address);
  const uint64_t due = relocation.index * c.decoder.indexStep;
  if (tail->pushed != due)
    return error("the code at {0:x} pushes {1:x}, where {2:x} is due", *address,
                 tail->pushed, due);
  return checkPlt0(tail->plt0, hasGot);
}

/// Whether old code knows the word and its index already.
bool StubCheck::wasLazy(const PlacedRelocation &now) const {
  if (c.before.isBindNow || now.index >= c.before.pltRelocations.size())
    return false;
  const Relocation &old = c.before.pltRelocations[now.index];
  return old.offset == now.place && old.type == now.type &&
         old.symbol == now.symbol;
}

Error StubCheck::checkWord(const RedirectedSlot &slot, uint64_t word) {
  const PlacedRelocation *relocation = c.relocationAfter(word);
  const bool isRight =
      relocation && relocation->symbol == slot.symbol &&
      ((relocation->type == c.machine.absoluteWord && !relocation->addend) ||
       ((relocation->type == c.machine.globDat ||
         relocation->type == c.machine.jumpSlot) &&
        (!c.after.hasAddends || !relocation->addend)));
  if (!isRight)
    return error("the word at {0:x} is not that of {1}{2}", word,
                 c.describeSymbol(slot.symbol),
                 relocation ? " but (" + describe(c, *relocation) + ")" : "");
  c.need(*relocation);
  const bool isLazy =
      relocation->type == c.machine.jumpSlot && !c.after.isBindNow;
  if (isLazy) {
    if (!c.mayBeLazy())
      return error("the word at {0:x} is bound late in mode relay", word);
    if (!c.isFromElsewhere(slot.symbol))
      return error("the word at {0:x} is bound late, but no needed library is "
                   "known to have {1}",
                   word, c.describeSymbol(slot.symbol));
    return checkLazyWord(*relocation, /*hasGot=*/false);
  }
  const uint64_t last = word + c.machine.wordSize - 1;
  if (slot.inRelro && !c.mayBeLazy() &&
      !(c.after.relro.contains(word) && c.after.relro.contains(last)))
    return error("the word at {0:x} is not in RELRO", word);
  return Error::success();
}

Error StubCheck::checkStub(const RedirectedSlot &slot) {
  const std::optional<DecodedStub> stub = c.decoder.stub(c.after, slot.stub);
  if (!stub)
    return error("the code at {0:x} is not a stub", slot.stub);
  if (c.protection.landingPads && !stub->hasLandingPad)
    return error("the stub at {0:x} has no landing pad", slot.stub);
  if (stub->absoluteField)
    if (Error e = checkField(*stub->absoluteField, stub->word))
      return e;
  return inContext(formatv("the stub at {0:x}", slot.stub).str(),
                   checkWord(slot, stub->word));
}

/// Each stub once for a symbol, by a slot in RELRO if there is one: that asks
/// for more.
Error StubCheck::checkStubs() {
  const auto check = [&](const RedirectedSlot &slot) -> Error {
    Error e = checkStub(slot);
    return e ? inContext(formatv("the slot at {0:x}", slot.place).str(),
                         std::move(e))
             : Error::success();
  };
  std::vector<const RedirectedSlot *> slots(c.before.symbols.size());
  for (const RedirectedSlot &slot : c.redirectedSlots) {
    const RedirectedSlot *&chosen = slots[slot.symbol];
    if (chosen && chosen->stub != slot.stub)
      if (Error e = check(slot))
        return e;
    if (!chosen || (chosen->stub == slot.stub && !chosen->inRelro))
      chosen = &slot;
  }
  for (const RedirectedSlot *slot : slots)
    if (slot)
      if (Error e = check(*slot))
        return e;
  return Error::success();
}

Error StubCheck::checkLazyWords() {
  if (c.after.isBindNow)
    return Error::success();
  for (const PlacedRelocation &relocation : c.relocationsAfter) {
    if (relocation.table != RelocationTable::Plt)
      continue;
    const bool isRebound = binary_search(c.reboundWords, relocation.place);
    if (wasLazy(relocation) && !isRebound)
      continue;
    if (relocation.type == c.machine.jumpSlot) {
      if (Error e = checkLazyWord(relocation, /*hasGot=*/!isRebound))
        return e;
      continue;
    }
    // Bound when the library loads, whatever table they are in.
    const ArrayRef<Relocation> olds = c.before.pltRelocations;
    const bool isOld = !c.before.isBindNow && relocation.index < olds.size();
    if (!isOld && relocation.type != c.machine.indirectRelative)
      return error("DT_JMPREL: entry {0} ({1}) would be bound late",
                   relocation.index, describe(c, relocation));
  }
  return Error::success();
}

Error checkStubs(Comparison &c) {
  return StubCheck(c).checkStubs();
}

Error checkLazyWords(Comparison &c) {
  for (uint32_t index : c.newRelocations) {
    const PlacedRelocation &relocation = c.relocationsAfter[index];
    if (relocation.type == c.machine.jumpSlot && !c.mayBeLazy())
      return error("address {0:x}: a new JUMP_SLOT, but {1}", relocation.place,
                   c.after.isBindNow ? "the image is BIND_NOW"
                                     : "the mode is relay");
    const bool isOwnCall = c.note.has(noteoption::kLazyAll) &&
                           !c.before.symbols[relocation.symbol].isUndefined();
    // What keeps a number is for nobody, or its user is looked at.
    if (relocation.type == c.machine.jumpSlot && !isOwnCall &&
        !c.keepsNumber(relocation) && !c.isFromElsewhere(relocation.symbol))
      return error("address {0:x}: a new JUMP_SLOT, but no needed library is "
                   "known to have {1}",
                   relocation.place, c.describeSymbol(relocation.symbol));
  }
  return StubCheck(c).checkLazyWords();
}

} // namespace objprelink
