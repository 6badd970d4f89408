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
#include <tuple>

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
  Error checkWord(const PlacedRelocation &old) const;
  std::optional<uint64_t> addressIn(const PlacedRelocation &old) const;
  const RedirectedSlot *slotOf(uint32_t symbol) const;

  const Comparison &c;
  /// One for each symbol, by symbol.
  std::vector<RedirectedSlot> slots;
  /// Of those that the image defines: where they are.
  std::vector<std::pair<uint64_t, uint32_t>> addresses;
};
} // namespace

Error SlotCheck::checkStubs() {
  slots = c.redirectedSlots;
  sort(slots, [](const RedirectedSlot &a, const RedirectedSlot &b) {
    return std::tie(a.symbol, a.place) < std::tie(b.symbol, b.place);
  });
  for (size_t i = 1; i < slots.size(); ++i) {
    const RedirectedSlot &a = slots[i - 1], &b = slots[i];
    if (a.symbol == b.symbol && a.stub != b.stub)
      return error("the slots at {0:x} and {1:x} of {2} lead to {3:x} and "
                   "{4:x}, and were equal",
                   a.place, b.place, c.describeSymbol(a.symbol), a.stub,
                   b.stub);
  }
  slots.erase(std::unique(slots.begin(), slots.end(),
                          [](const RedirectedSlot &a, const RedirectedSlot &b) {
                            return a.symbol == b.symbol;
                          }),
              slots.end());
  return Error::success();
}

Error SlotCheck::checkAddresses() {
  for (const RedirectedSlot &slot : slots)
    if (const DynamicSymbol &symbol = c.before.symbols[slot.symbol];
        !symbol.isUndefined())
      addresses.push_back({symbol.value, slot.symbol});
  sort(addresses);
  for (size_t i = 1; i < addresses.size(); ++i)
    if (addresses[i].first == addresses[i - 1].first)
      return error("the slots of {0} and {1} lead to different stubs, and both "
                   "are at {2:x}",
                   c.describeSymbol(addresses[i - 1].second),
                   c.describeSymbol(addresses[i].second), addresses[i].first);
  return Error::success();
}

const RedirectedSlot *SlotCheck::slotOf(uint32_t symbol) const {
  const auto *found =
      partition_point(ArrayRef(slots), [&](const RedirectedSlot &slot) {
        return slot.symbol < symbol;
      });
  return found != slots.data() + slots.size() && found->symbol == symbol
             ? found
             : nullptr;
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

Error SlotCheck::checkWord(const PlacedRelocation &old) const {
  const auto refuse = [&](uint32_t symbol) {
    return error(
        "the word at {0:x} has the address of {1}, whose slot at {2:x} "
        "leads to a stub",
        old.place, c.describeSymbol(symbol), slotOf(symbol)->place);
  };
  const bool isWord = old.type == c.machine.absoluteWord && !old.addend;
  if (isWord && slotOf(old.symbol)) {
    const PlacedRelocation *now = c.relocationAfter(old.place);
    return now && now->type == c.machine.relative ? Error::success()
                                                  : refuse(old.symbol);
  }
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
  if (slots.empty())
    return Error::success();
  for (const PlacedRelocation &old : c.relocationsBefore)
    if (Error e = checkWord(old))
      return e;
  return Error::success();
}

Error checkSlots(const Comparison &c) {
  return SlotCheck(c).run();
}

} // namespace objprelink
