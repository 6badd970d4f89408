//===- Comparison.h - the parts of verifyImage ------------------*- C++ -*-===//
//
// A Comparison has an old image, the new one, and what is known of the
// difference. Each part of the verifier proves one thing and leaves behind what
// the next ones need: first the tables that say where things are, then
// relocations and the code that new ones lead to, and then that nothing else in
// memory is different. Only VerifyImage.cpp and the parts include this.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_IMAGEVERIFIER_COMPARISON_H
#define OBJPRELINK_IMAGEVERIFIER_COMPARISON_H

#include "ELF/Properties.h"
#include "ELF/RewriteNote.h"
#include "Support/Copies.h"
#include "Target/Decoder.h"
#include "Target/Machine.h"
#include "llvm/ADT/STLExtras.h"

namespace objprelink {

/// Sorted ranges of addresses that neither overlap nor touch, but for those
/// that are added in order and not sealed yet.
class AddressSet {
public:
  void add(AddressRange range) {
    if (!range.empty())
      ranges.push_back(range);
  }
  /// Sorts and joins what was added.
  void seal();
  bool covers(uint64_t address, uint64_t size) const;
  bool intersects(uint64_t address, uint64_t size) const;
  llvm::ArrayRef<AddressRange> list() const { return ranges; }

private:
  const AddressRange *lastFrom(uint64_t address) const;
  std::vector<AddressRange> ranges;
};

enum class RelocationTable : uint8_t { Relr, Main, Plt };

/// A relocation and where it stands; RELR's are RELATIVE ones.
struct PlacedRelocation {
  uint64_t place = 0;
  int64_t addend = 0;
  uint32_t type = 0;
  uint32_t symbol = 0;
  uint32_t index = 0;
  RelocationTable table = RelocationTable::Main;

  bool sameMeaning(const PlacedRelocation &other) const {
    return type == other.type && symbol == other.symbol &&
           addend == other.addend;
  }
};

/// A slot that held a function's address and now holds that of a stub.
struct RedirectedSlot {
  uint64_t stub = 0;
  uint64_t place = 0;
  uint32_t symbol = 0;
  bool inRelro = false;
};

struct Comparison {
  Comparison(const Image &before, const Image &after, const Image &file,
             const Copies &copies, const Machine &machine,
             const Decoder &decoder)
      : before(before), after(after), file(file), copies(copies),
        machine(machine), decoder(decoder) {}

  const Image &before;
  const Image &after;
  /// NEW as it is in the file: not the same where it asks for an address
  /// (Unshift.h).
  const Image &file;
  const Copies &copies;
  const Machine &machine;
  const Decoder &decoder;
  /// What NEW says of itself.
  FoundNote note;
  /// NEW is OLD with one note of dlopen() more, which is there, and nothing
  /// else; empty where NEW is a rewrite.
  AddressRange addedNote;
  ControlFlowProtection protection;
  /// As KnownOfImages says.
  bool tablesAreUnnamed = false;
  /// What a linker has put into notes of OLD that NEW may have otherwise: the
  /// build-id, and what was to become the note. Either may be empty.
  AddressRange buildId, noteRoom;

  /// Whether words may be bound at the first call: the mode, and no BIND_NOW.
  bool mayBeLazy() const { return note.mode == Mode::Lazy && !after.isBindNow; }

  /// Old memory whose contents are free to differ, because what was there is
  /// proven to be elsewhere: relocation tables, and what was moved.
  AddressSet freed;
  /// The same, with the ELF header, the program headers and the dynamic table,
  /// which are compared by meaning.
  AddressSet structural;
  /// Of it, what headers alone are claimed to lead to: whatever of that has
  /// changed is proven dead. And what is known to hold no code.
  AddressSet headerTables, notCode;

  /// By place, those of one place in the order in which ld.so works.
  std::vector<PlacedRelocation> relocationsBefore, relocationsAfter;
  /// Words whose contents may differ, in order.
  std::vector<AddressRange> changedWords;
  std::vector<RedirectedSlot> redirectedSlots;
  /// Places of PLT words that are where they were, but lead to ld.so by another
  /// way before they are bound.
  std::vector<uint64_t> reboundWords;
  /// Indices in relocationsBefore of PLT words that are elsewhere now.
  std::vector<uint32_t> movedWords;
  /// Indices in relocationsAfter of those of new places, and whether someone
  /// needs them.
  std::vector<uint32_t> newRelocations;
  std::vector<bool> isNeeded;
  /// How many relocations of DT_JMPREL are where they were, from the first on.
  uint64_t numberedRelocations = 0;
  /// The displacements of PLT entries that lead to moved words.
  std::vector<AddressRange> patchedFields;

  /// The only relocation of a place in NEW, or null.
  const PlacedRelocation *relocationAfter(uint64_t place) const;
  /// The same for places in rising order: \p from is where the search for the
  /// one before has ended, 0 at first.
  const PlacedRelocation *relocationAfter(uint64_t place, size_t &from) const;
  /// Whether \p relocation is of use to those behind it: it gives them the
  /// numbers that tools take for those of other PLT entries than the old ones.
  bool keepsNumber(const PlacedRelocation &relocation) const;
  /// Notes that the relocation of a new place is in use.
  void need(const PlacedRelocation &relocation);
  /// A word of NEW, if it is in the file.
  std::optional<uint64_t> wordAfter(uint64_t address) const;
  std::optional<uint64_t> wordBefore(uint64_t address) const;
  /// Whether [address, address + size) of NEW is whole in a segment with
  /// \p set among its flags and \p clear not.
  bool hasFlags(uint64_t address, uint64_t size, uint32_t set,
                uint32_t clear) const;
  /// Whether there are PLT entries that tools may count.
  bool hasPltSection() const {
    return llvm::any_of(after.sections, [&](const Section &section) {
      return after.name(section) == ".plt";
    });
  }
  /// Whether the function with \p index in the symbols may be looked up later
  /// than when the library loads: OLD does not define it, and says by version
  /// or type that a library had it which is needed.
  bool isFromElsewhere(uint32_t index) const;
  /// "f of version V1", for messages.
  std::string describeSymbol(uint32_t index) const;
};

/// The name of a relocation type is the target's business; messages have its
/// number: "type 8, symbol 3 (f), addend 0x10".
std::string describe(const Comparison &c, const PlacedRelocation &relocation);

/// Finds the note of dlopen() that NEW has more than OLD: there is one.
llvm::Error checkAddedNote(Comparison &c);
llvm::Error compareSegments(Comparison &c);
llvm::Error compareDynamicTables(Comparison &c);
llvm::Error compareSymbolsAndVersions(const Comparison &c);
/// Needs nothing but the images; fills in what `freed` and `structural` hold.
void findFreedMemory(Comparison &c);
llvm::Error compareRelocations(Comparison &c);
/// Needs what compareRelocations() has found.
llvm::Error checkCountedPlt(const Comparison &c);
/// Needs redirectedSlots.
llvm::Error checkSlots(const Comparison &c);
llvm::Error checkStubs(Comparison &c);
llvm::Error checkLazyWords(Comparison &c);
llvm::Error checkMovedWords(Comparison &c);
llvm::Error checkDeadMemory(const Comparison &c);
llvm::Error compareMemory(const Comparison &c);
llvm::Error compareSections(const Comparison &c);

/// An error if the slots of \p after, which is \p before but for them, were
/// not redirected as its note says, or lead to what they may not lead to.
llvm::Error verifySlotsAlone(const Image &before, const Image &after);

/// The only segment of \p type, or null.
const Segment *findSegment(const Image &image, uint32_t type);

} // namespace objprelink

#endif
