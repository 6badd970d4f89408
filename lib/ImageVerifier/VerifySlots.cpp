//===- VerifySlots.cpp - what was equal stays equal -----------------------===//
//
// Programs compare the slots of vtables with each other. So the words that held
// the address of one function in OLD all lead to one stub in NEW, or none leads
// to any. Words of GOT and PLT are left out: code compares these with slots
// too, but knows nothing of both before the image is linked.
//
//===----------------------------------------------------------------------===//

#include "ImageVerifier/Comparison.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace objprelink {

namespace {
class SlotCheck {
public:
  explicit SlotCheck(const Comparison &c) : c(c) {}
  Error run();

private:
  Error checkStubs();
  Error checkAddresses();
  Error checkWord(const PlacedRelocation &old, size_t &from) const;
  std::optional<uint64_t> addressIn(const PlacedRelocation &old) const;

  const Comparison &c;
  /// A slot of each symbol, or null.
  std::vector<const RedirectedSlot *> slots;
  /// Of those that the image defines: where they are.
  std::vector<std::pair<uint64_t, uint32_t>> addresses;
};
} // namespace

Error SlotCheck::checkStubs() {
  slots.resize(c.before.symbols.size());
  for (const RedirectedSlot &slot : c.redirectedSlots) {
    const RedirectedSlot *&first = slots[slot.symbol];
    if (!first)
      first = &slot;
    if (first->stub != slot.stub)
      return error("the slots at {0:x} and {1:x} of {2} lead to {3:x} and "
                   "{4:x}, and were equal",
                   first->place, slot.place, c.describeSymbol(slot.symbol),
                   first->stub, slot.stub);
  }
  return Error::success();
}

Error SlotCheck::checkAddresses() {
  for (auto [index, symbol] : enumerate(c.before.symbols))
    if (slots[index] && !symbol.isUndefined())
      addresses.push_back({symbol.value, uint32_t(index)});
  sort(addresses);
  for (size_t i = 1; i < addresses.size(); ++i)
    if (addresses[i].first == addresses[i - 1].first)
      return error("the slots of {0} and {1} lead to different stubs, and both "
                   "are at {2:x}",
                   c.describeSymbol(addresses[i - 1].second),
                   c.describeSymbol(addresses[i].second), addresses[i].first);
  return Error::success();
}

/// What the place of \p old held in the image's own memory, if that is known
/// without a look-up.
std::optional<uint64_t>
SlotCheck::addressIn(const PlacedRelocation &old) const {
  if (old.type == c.machine.relative)
    return old.addend;
  if (old.type != c.machine.absoluteWord || !old.symbol ||
      c.before.symbols[old.symbol].isUndefined())
    return std::nullopt;
  return c.before.symbols[old.symbol].value + old.addend;
}

/// \p from is where the relocation of the word before was looked for.
Error SlotCheck::checkWord(const PlacedRelocation &old, size_t &from) const {
  const auto refuse = [&](uint32_t symbol) {
    return error(
        "the word at {0:x} has the address of {1}, whose slot at {2:x} "
        "leads to a stub",
        old.place, c.describeSymbol(symbol), slots[symbol]->place);
  };
  const bool isWord = old.type == c.machine.absoluteWord && !old.addend;
  if (isWord && slots[old.symbol]) {
    const PlacedRelocation *now = c.relocationAfter(old.place, from);
    return now && now->type == c.machine.relative ? Error::success()
                                                  : refuse(old.symbol);
  }
  // Most images define none of the functions.
  if (addresses.empty())
    return Error::success();
  const std::optional<uint64_t> address = addressIn(old);
  if (!address)
    return Error::success();
  const auto *found = partition_point(
      ArrayRef(addresses), [&](const auto &a) { return a.first < *address; });
  return found != addresses.data() + addresses.size() &&
                 found->first == *address
             ? refuse(found->second)
             : Error::success();
}

Error SlotCheck::run() {
  if (Error e = checkStubs())
    return e;
  if (Error e = checkAddresses())
    return e;
  if (c.redirectedSlots.empty())
    return Error::success();
  size_t from = 0;
  for (const PlacedRelocation &old : c.relocationsBefore)
    if (Error e = checkWord(old, from))
      return e;
  return Error::success();
}

Error checkSlots(const Comparison &c) {
  return SlotCheck(c).run();
}

} // namespace objprelink
