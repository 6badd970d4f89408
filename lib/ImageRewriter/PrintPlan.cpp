//===- PrintPlan.cpp - a plan in words ------------------------------------===//

#include "ImageRewriter/PackPlan.h"
#include "Support/Diagnostics.h"
#include "VTable/Names.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace objprelink {

StringRef describe(SlotOutcome outcome) {
  switch (outcome) {
  case SlotOutcome::Redirected:
    llvm_unreachable("it is not left alone");
  case SlotOutcome::NoWord:
    return "no word that a relay could jump through";
  case SlotOutcome::NotLate:
    return "defined here, or no needed library is known to have it: it must "
           "not be bound late, and no word that a relay could jump through";
  case SlotOutcome::OtherWords:
    return "another word with its function stays";
  case SlotOutcome::OtherName:
    return "another word has its function under another name";
  case SlotOutcome::Data:
    return "data";
  case SlotOutcome::Addend:
    return "an addend";
  case SlotOutcome::WeakUndefined:
    return "weak undefined: the program may ask whether it is there";
  case SlotOutcome::IFunc:
    return "an indirect function";
  case SlotOutcome::NotAFunction:
    return "not a function";
  case SlotOutcome::Local:
    return "a local symbol";
  case SlotOutcome::NotDefault:
    return "its visibility is not the default one";
  case SlotOutcome::ReadOnly:
    return "in memory that is not writable";
  case SlotOutcome::DefinedHere:
    return "defined here (--slots=all)";
  case SlotOutcome::NotWanted:
    return "not among the --only-slots";
  }
  llvm_unreachable("all outcomes are listed");
}

/// What the redirected slots of a function lead to.
static std::string describe(const ImagePlan &plan,
                            const FunctionBinding &binding) {
  switch (binding.kind) {
  case FunctionBinding::Kind::Relay:
    return formatv("a relay through the word at {0:x}", binding.word);
  case FunctionBinding::Kind::OldEntry:
    return formatv("the PLT entry at {0:x}", binding.entry);
  case FunctionBinding::Kind::Lazy:
    return "a new lazy entry";
  }
  llvm_unreachable("all kinds are listed");
}

static void printSlots(const Image &image, const ImagePlan &plan, bool kept,
                       Diagnostics &diagnostics) {
  for (auto [slot, outcome, function] :
       zip_equal(plan.vtables.slots, plan.outcomes, plan.functionOf)) {
    const bool redirected = outcome == SlotOutcome::Redirected;
    if (!redirected && !kept)
      continue;
    const Relocation &relocation = image.relocations[slot.relocation];
    const ImageVTable &vtable = plan.vtables.tables[slot.vtable];
    const std::string table =
        vtable.name.empty() ? formatv("vtable at {0:x}", vtable.begin).str()
                            : displayName(vtable.name);
    const std::string what =
        redirected ? "-> " + describe(plan, plan.functions[function])
                   : ("left alone: " + describe(outcome)).str();
    diagnostics.note(formatv(
        ": {0}+{1:x}: {2}: {3}", table, relocation.offset - vtable.begin,
        displayName(image.name(image.symbols[relocation.symbol])), what));
  }
}

/// Those that something jumps through.
static size_t countWords(const ImagePlan &plan) {
  return count_if(plan.lazyWords,
                  [](const LazyWord &word) { return !word.isPlaceholder; });
}

ImageSummary summarize(const ImagePlan &plan) {
  ImageSummary out;
  out.mode = plan.mode;
  out.vtables = plan.vtables.tables.size();
  out.slots = plan.vtables.slots.size();
  out.redirected = plan.redirected;
  out.functions = plan.functions.size();
  out.lazyWords = countWords(plan);
  out.sharedLazyWords = plan.sharedLazyWords;
  out.losesBindNow = plan.overridesBindNow;
  out.hasTextRelocations = plan.style.absolute && plan.redirected;
  return out;
}

void printPackPlan(const PackPlan &plan, const Verbosity &config,
                   Diagnostics &diagnostics) {
  if (plan.packing == Packing::All && config.printsPlan())
    diagnostics.note(formatv(
        ": {0} relative relocations go into DT_RELR, {1} stay where they are",
        plan.packed, plan.kept));
}

void printImagePlan(const Image &image, const ImagePlan &plan,
                    const RewriteConfig &config, Diagnostics &diagnostics) {
  if (config.mode == Mode::Lazy && plan.mode == Mode::Relay &&
      plan.redirected && !config.quiet)
    diagnostics.note(
        plan.lacksPltRoom ? ": no room in the dynamic table for a PLT: relays "
                            "instead of lazy entries"
        : image.isBindNow ? ": BIND_NOW: relays instead of lazy entries "
                            "(--override-bind-now makes them lazy)"
                          : ": shadow stack: relays instead of lazy entries");
  if (config.lazyAll && !plan.movedWords && !config.quiet)
    diagnostics.note(
        !image.isBindNow ? ": --lazy=all: the PLT is lazy already"
        : !config.overrideBindNow
            ? ": --lazy=all: the image is BIND_NOW (--override-bind-now)"
            : ": --lazy=all: no PLT entry was found that could be made lazy");
  if (config.stubUnwindTables && !config.quiet)
    diagnostics.note(": --stub-unwind-tables: new code in images gets none");
  if (plan.lacksTextRelocations && !plan.lazyWords.empty() && !config.quiet)
    diagnostics.note(": no room for DT_TEXTREL: entries as with --plt=pic");
  if (!config.printsPlan())
    return;
  printSlots(image, plan, config.verbose, diagnostics);
  diagnostics.note(formatv(
      ": {0} vtables: {1} slots redirected for {2} functions, {3} words left "
      "alone; {4} PLT words made lazy",
      plan.vtables.tables.size(), plan.redirected, plan.functions.size(),
      plan.outcomes.size() - plan.redirected, plan.movedWords));
}

} // namespace objprelink
