//===- Plan.h - which slots change, and why the others do not ---*- C++ -*-===//
//
// The plan is a value: -v and --dry-run print it, the rewrite carries it out.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_OBJECTREWRITER_PLAN_H
#define OBJPRELINK_OBJECTREWRITER_PLAN_H

#include "Support/Config.h"
#include "Target/Target.h"
#include "VTable/ObjectVTables.h"
#include "llvm/ADT/DenseMap.h"

namespace objprelink {

class Diagnostics;

/// What becomes of a relocated word of a vtable.
enum class WordOutcome : uint8_t {
  Redirected,
  // Not a slot of a function.
  LinkOnce,
  NotVTableShaped,
  SeveralRelocations,
  NotAWord,
  Misaligned,
  Data,
  NoSymbol,
  // A slot whose function is known to bind without a look-up, or must not be
  // reached by another address.
  SectionSymbol,
  Addend,
  IFunc,
  Local,
  AlreadyRedirected,
  Hidden,
  Protected,
  WeakUndefined,
  Absolute,
  NotAFunction,
  DefinedHere,
  NotWanted,
};

/// \p outcome in words that finish the sentence "left alone: ...".
llvm::StringRef describe(WordOutcome outcome);

/// A stub that slots of the object will point to.
struct PlannedStub {
  uint32_t function = 0; ///< symbol index
  uint32_t symbol = 0;   ///< of the stub: an old one's index or a new one's
  bool isNew = false;
  /// It is Plan::ownStub.
  bool isOwn = false;
  std::string name;
};

struct Plan {
  const Target *target = nullptr;
  Stub stub;
  /// For functions that the object defines.
  Stub ownStub;
  ObjectVTables vtables;
  /// For each element of vtables.relocations, the outcome of each word.
  std::vector<std::vector<WordOutcome>> outcomes;
  /// In the order in which slots first need them.
  std::vector<PlannedStub> stubs;
  /// Function symbol to index into stubs.
  llvm::DenseMap<uint32_t, uint32_t> stubOf;
  unsigned redirected = 0;

  const Stub &formOf(const PlannedStub &planned) const {
    return planned.isOwn ? ownStub : stub;
  }
};

/// The stub of functions that an object defines itself, never a lazy one: a
/// library that is opened later may have a function of the same name, which a
/// look-up at the first call would find.
Stub makeOwnStub(const Target &target, const Config &config,
                 const ControlFlowProtection &protection);

/// Decides about each slot of \p object. Changes nothing.
llvm::Expected<Plan> makePlan(const Object &object, const Target &target,
                              const Config &config);

/// Writes the plan as notes: a line for each slot that changes, with \p kept
/// also for each that does not, and a summary.
void printPlan(const Object &object, const Plan &plan, bool kept,
               Diagnostics &diagnostics);

/// Whether \p symbol is a stub of ours, made in an earlier run.
bool isStub(const Object &object, const Symbol &symbol);

/// Whether \p symbol can be the thunk that stubs stand behind, made in an
/// earlier run.
bool isThunk(const Object &object, const Symbol &symbol);

/// Whether a relocation in the code of \p stub refers to \p function, a symbol
/// index.
llvm::Expected<bool> leadsTo(const Object &object, const Symbol &stub,
                             uint32_t function);

} // namespace objprelink

#endif
