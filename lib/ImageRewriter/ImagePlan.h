//===- ImagePlan.h - what becomes of the slots of an image ------*- C++ -*-===//
//
// The plan is a value: -v and --dry-run print it, the rewrite carries it out.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_IMAGEREWRITER_IMAGEPLAN_H
#define OBJPRELINK_IMAGEREWRITER_IMAGEPLAN_H

#include "ELF/Image.h"
#include "Support/Config.h"
#include "Target/Target.h"
#include "VTable/ImageVTables.h"
#include "llvm/Support/Error.h"

namespace objprelink {

class Diagnostics;

/// What becomes of a symbolic word of a vtable.
enum class SlotOutcome : uint8_t {
  Redirected, ///< it gets the address of code of the image
  // It stays, because nothing is gained, or something else might be lost.
  NoWord,
  NotLate,
  OtherWords,
  OtherName,
  Data,
  Addend,
  WeakUndefined,
  IFunc,
  NotAFunction,
  Local,
  NotDefault,
  ReadOnly,
  DefinedHere,
  NotWanted,
};

/// \p outcome in words that finish the sentence "left alone: ...".
llvm::StringRef describe(SlotOutcome outcome);

/// A word that is bound at the first call.
struct LazyWord {
  uint32_t symbol = 0;
  /// Index into Image::pltRelocations, if the image binds the symbol there.
  std::optional<uint32_t> pltIndex;
  /// Whether the word stays where that relocation has it. It only gets another
  /// way to be bound, because the image's own wants something in a register.
  bool stays = false;
  uint64_t place = 0; ///< of a word that stays
  /// Among the words that do not stay.
  uint32_t position = 0;
  /// The old entries that jump through the word that moves.
  std::vector<FoundEntry> entries;
  /// Whether an entry of our own jumps through it.
  bool hasEntry = false;
  /// Whether nothing jumps through it: its relocation is there for the numbers
  /// of those behind it in DT_JMPREL.
  bool isPlaceholder = false;
};

/// What the redirected slots of one function lead to.
struct FunctionBinding {
  enum class Kind : uint8_t {
    Relay,    ///< new code, which jumps through a word that is bound at load
    OldEntry, ///< a PLT entry that the image has
    Lazy,     ///< a new PLT entry
  };
  uint32_t symbol = 0;
  Kind kind = Kind::Relay;
  uint64_t word = 0;     ///< of Relay
  uint64_t entry = 0;    ///< of OldEntry
  uint32_t lazyWord = 0; ///< of Lazy: index into ImagePlan::lazyWords
};

struct ImagePlan {
  static constexpr uint32_t kNone = UINT32_MAX;

  const Target *target = nullptr;
  EntryStyle style;
  /// Relay also where Lazy was asked for and the image is BIND_NOW.
  Mode mode = Mode::Relay;
  /// Whether absolute entries were asked for and the image cannot say that it
  /// has text relocations.
  bool lacksTextRelocations = false;
  /// Whether lazy entries were asked for and the dynamic table has no room for
  /// a PLT.
  bool lacksPltRoom = false;
  /// Whether BIND_NOW is taken from the image.
  bool overridesBindNow = false;
  ImageVTables vtables;
  /// For each of vtables.slots.
  std::vector<SlotOutcome> outcomes;
  /// For each of vtables.slots: index into functions, or kNone.
  std::vector<uint32_t> functionOf;
  std::vector<FunctionBinding> functions;
  std::vector<LazyWord> lazyWords;
  /// Of new words of relays, in RELRO.
  std::vector<Relocation> relroWords;
  /// Where RELRO's segment is to begin, if it must begin earlier to have them.
  std::optional<uint64_t> relroBegin;
  unsigned redirected = 0;
  /// Functions whose slots lead to the image's own entries, which are bound at
  /// the first call.
  unsigned sharedLazyWords = 0;
  unsigned movedWords = 0;
  unsigned newWords = 0;
  /// How many of the first relocations of DT_JMPREL belong to the entries of
  /// the image's own PLT, in their order.
  unsigned numbered = 0;
};

/// A plan in numbers.
struct ImageSummary {
  /// What was done, not what was asked for.
  Mode mode = Mode::Relay;
  uint64_t vtables = 0;
  /// Symbolic words of vtables; how many of them are redirected, and their
  /// distinct functions.
  uint64_t slots = 0;
  uint64_t redirected = 0;
  uint64_t functions = 0;
  /// Words that calls go through and that stay writable.
  uint64_t lazyWords = 0;
  /// Such words of the image's own PLT, to whose entries slots lead now.
  uint64_t sharedLazyWords = 0;
  /// The image was BIND_NOW, and is no longer.
  bool losesBindNow = false;
  /// The loader writes to its code.
  bool hasTextRelocations = false;
  /// Relative relocations that DT_RELR has now.
  uint64_t packed = 0;
  /// The address of the image's own, if it has one.
  std::optional<uint64_t> address;
  /// Why nothing is done; empty where something is.
  std::string reason;
  /// Why there are relays, though lazy entries were planned; mostly empty.
  std::string whyRelays;
};

ImageSummary summarize(const ImagePlan &plan);

/// ltrace and others count the entries of a section with the name .plt.
bool hasPltSection(const Image &image);

/// What may be planned at most, whatever was asked for.
struct PlanLimits {
  /// New words in RELRO for relays.
  bool newWords = true;
  /// Lazy entries.
  bool lazy = true;
  /// As if the image had room for whatever code and words are wanted: a linker
  /// is to be told of them (LinkRoom.h). Such a plan cannot be carried out.
  bool anyRoom = false;
};

/// Decides about each slot of \p image. Changes nothing.
llvm::Expected<ImagePlan> makeImagePlan(const Image &image,
                                        const Target &target,
                                        const SlotConfig &config,
                                        PlanLimits limits = {});

/// Writes the plan as notes: with config.verbose a line for each slot, and a
/// summary; and warns of what the user may not expect.
void printImagePlan(const Image &image, const ImagePlan &plan,
                    const RewriteConfig &config, Diagnostics &diagnostics);

} // namespace objprelink

#endif
