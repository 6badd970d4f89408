//===- Plan.cpp - which slots change, and why the others do not -----------===//
//
// A slot is redirected only if that provably changes nothing but the time of
// the look-up: its relocation makes a word the address of a function that the
// link may take from elsewhere, and no more. A slot in doubt keeps its symbolic
// relocation, and the reason is part of the plan.
//
// By default only slots of undefined functions are taken. A function that the
// object defines is often non-preemptible in the end (-Bsymbolic, version
// scripts, executables). Its slot would then have become RELATIVE anyway, and
// the stub would only cost. GCC also compares such slots with the function when
// it devirtualises speculatively. --slots=all takes them.
//
// A stub has the name of its function between ".L" and ".relay", ".relay_eax"
// or ".lazy". Stubs with different promises have different names, so that a
// link never lets one stand for the other.
//
//===----------------------------------------------------------------------===//

#include "ObjectRewriter/Plan.h"
#include "ELF/Relocations.h"
#include "Support/Diagnostics.h"
#include "VTable/Names.h"
#include "llvm/ADT/DenseMap.h"
#include <algorithm>
#include <cstring>
#include <functional>
#include <optional>

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

static constexpr StringLiteral kStubPrefix = ".L";

/// All suffixes of stubs, whatever the target and the mode.
static constexpr StringLiteral kStubSuffixes[] = {".relay", ".relay_eax",
                                                  ".lazy"};

StringRef describe(WordOutcome outcome) {
  switch (outcome) {
  case WordOutcome::Redirected:
    return "redirected";
  case WordOutcome::LinkOnce:
    return "in a .gnu.linkonce section, which linkers treat by name";
  case WordOutcome::NotVTableShaped:
    return "the symbol is named like a vtable but not shaped like one";
  case WordOutcome::SeveralRelocations:
    return "several relocations work on this word";
  case WordOutcome::NotAWord:
    return "not the address of a symbol (a relative vtable?)";
  case WordOutcome::Misaligned:
    return "not aligned to a word";
  case WordOutcome::Data:
    return "data, not a function";
  case WordOutcome::NoSymbol:
    return "a number, not a symbol";
  case WordOutcome::SectionSymbol:
    return "reached through its section: it binds in this object";
  case WordOutcome::Addend:
    return "the relocation has an addend";
  case WordOutcome::IFunc:
    return "an indirect function, whose resolver may run before stubs work";
  case WordOutcome::Local:
    return "a local function: it costs no look-up";
  case WordOutcome::AlreadyRedirected:
    return "points to a stub already";
  case WordOutcome::Hidden:
    return "a hidden function: it costs no look-up";
  case WordOutcome::Protected:
    return "a protected function: it costs no look-up";
  case WordOutcome::WeakUndefined:
    return "weak and undefined: a stub would make the slot non-null";
  case WordOutcome::Absolute:
    return "an absolute or common symbol";
  case WordOutcome::NotAFunction:
    return "not a function";
  case WordOutcome::DefinedHere:
    return "defined in this object (--slots=all takes it)";
  case WordOutcome::NotWanted:
    return "not among the --only-slots";
  }
  llvm_unreachable("all outcomes are listed");
}

bool isStub(const Object &object, const Symbol &symbol) {
  return symbol.type == STT_FUNC && symbol.binding == STB_WEAK &&
         symbol.visibility == STV_HIDDEN && symbol.isInSection() &&
         (object.sections[symbol.section].flags & SHF_EXECINSTR) &&
         object.name(symbol).starts_with(kStubPrefix) &&
         llvm::any_of(kStubSuffixes, [&](StringRef suffix) {
           return object.name(symbol).ends_with(suffix);
         });
}

bool isThunk(const Object &object, const Symbol &symbol) {
  return symbol.type == STT_NOTYPE && symbol.binding == STB_WEAK &&
         symbol.visibility == STV_HIDDEN && symbol.isInSection() &&
         object.sections[symbol.section].flags & SHF_EXECINSTR;
}

/// What the slot's symbol says about it.
static WordOutcome judgeSymbol(const Object &object, const Symbol &symbol,
                               const Config &config) {
  if (symbol.type == STT_SECTION)
    return WordOutcome::SectionSymbol;
  if (symbol.type == STT_GNU_IFUNC)
    return WordOutcome::IFunc;
  if (symbol.binding == STB_LOCAL)
    return WordOutcome::Local;
  if (isStub(object, symbol))
    return WordOutcome::AlreadyRedirected;
  if (symbol.visibility == STV_HIDDEN || symbol.visibility == STV_INTERNAL)
    return WordOutcome::Hidden;
  if (symbol.visibility == STV_PROTECTED)
    return WordOutcome::Protected;
  if (!symbol.isUndefined() && !symbol.isInSection())
    return WordOutcome::Absolute;
  // An undefined symbol mostly has no type.
  if ((symbol.binding != STB_GLOBAL && symbol.binding != STB_WEAK) ||
      (symbol.type != STT_FUNC &&
       !(symbol.isUndefined() && symbol.type == STT_NOTYPE)))
    return WordOutcome::NotAFunction;
  if (symbol.isUndefined())
    return symbol.binding == STB_WEAK ? WordOutcome::WeakUndefined
                                      : WordOutcome::Redirected;
  return config.slots == SlotSet::All ? WordOutcome::Redirected
                                      : WordOutcome::DefinedHere;
}

static bool isData(const Object &object, const Symbol &symbol) {
  return symbol.type == STT_OBJECT || symbol.type == STT_TLS ||
         symbol.type == STT_COMMON || isSpecialDataName(object.name(symbol));
}

namespace {
/// Judges symbols once each: a function stands in many slots.
class SymbolJudge {
public:
  SymbolJudge(const Object &object, const Config &config)
      : object(object), config(config), outcomes(object.symbols.size()) {}

  WordOutcome judge(uint32_t index) {
    std::optional<WordOutcome> &outcome = outcomes[index];
    if (!outcome) {
      const Symbol &symbol = object.symbols[index];
      outcome = isData(object, symbol) ? WordOutcome::Data
                                       : judgeSymbol(object, symbol, config);
    }
    return *outcome;
  }

private:
  const Object &object;
  const Config &config;
  std::vector<std::optional<WordOutcome>> outcomes;
};
} // namespace

static WordOutcome judgeWord(const Target &target, const Relocation &relocation,
                             SymbolJudge &symbols) {
  if (relocation.type != target.absoluteWord)
    return WordOutcome::NotAWord;
  if (relocation.offset % target.wordSize)
    return WordOutcome::Misaligned;
  if (relocation.symbol == 0)
    return WordOutcome::NoSymbol;
  const WordOutcome outcome = symbols.judge(relocation.symbol);
  const bool addendMatters =
      outcome != WordOutcome::Data && outcome != WordOutcome::SectionSymbol;
  return relocation.addend && addendMatters ? WordOutcome::Addend : outcome;
}

/// Marks the tables that cannot be vtables. Itanium C++ ABI, 2.5.2: before the
/// first function stand at least the offset to top, a number, and the typeinfo
/// pointer, which is null or the address of data.
static std::vector<bool> findMisshapen(const Object &object,
                                       const Target &target,
                                       const ObjectVTables &vtables) {
  std::vector<bool> misshapen(vtables.tables.size());
  for (const VTableRelocations &group : vtables.relocations)
    for (const VTableWord &word : group.words) {
      const Relocation &relocation = group.at(word);
      const uint64_t index =
          (relocation.offset - vtables.tables[word.vtable].begin) /
          target.wordSize;
      if (index > 1)
        continue;
      const Symbol *symbol =
          relocation.symbol ? &object.symbols[relocation.symbol] : nullptr;
      const bool maybeTypeinfo =
          symbol && (symbol->type == STT_SECTION || isData(object, *symbol));
      if (relocation.type == target.absoluteWord &&
          (index == 0 || (index == 1 && !maybeTypeinfo)))
        misshapen[word.vtable] = true;
    }
  return misshapen;
}

/// The places that more than one relocation of a section works on, in order.
static std::vector<uint64_t> findShared(const VTableRelocations &group) {
  // As a rule there are none and the relocations are in order.
  const auto rises = [&](const VTableWord &a, const VTableWord &b) {
    return group.at(a).offset < group.at(b).offset;
  };
  if (std::adjacent_find(group.words.begin(), group.words.end(),
                         std::not_fn(rises)) == group.words.end())
    return {};

  std::vector<uint64_t> offsets;
  offsets.reserve(group.words.size());
  for (const VTableWord &word : group.words)
    offsets.push_back(group.at(word).offset);
  llvm::sort(offsets);
  std::vector<uint64_t> shared;
  for (size_t i = 1; i < offsets.size(); ++i)
    if (offsets[i] == offsets[i - 1])
      shared.push_back(offsets[i]);
  return shared;
}

/// Linkers read an "@" in a name as the start of a version, which a stub does
/// not have.
static std::string stubName(StringRef function, StringRef suffix) {
  std::string name = (kStubPrefix + function + suffix).str();
  std::replace(name.begin(), name.end(), '@', '$');
  return name;
}

/// Finds the symbols that already have the name of a stub, but for local ones,
/// which a new symbol of that name is apart from.
static DenseMap<StringRef, uint32_t> findStubNames(const Object &object,
                                                   StringRef suffix) {
  DenseMap<StringRef, uint32_t> found;
  const Bytes names = object.contents(object.sections[object.symbolNamesIndex]);
  const std::string needle = (suffix + Twine('\0')).str();
  if (!::memmem(names.data(), names.size(), needle.data(), needle.size()))
    return found;
  for (auto [index, symbol] : enumerate(object.symbols))
    if (symbol.binding != STB_LOCAL && object.name(symbol).ends_with(suffix))
      found.try_emplace(object.name(symbol), index);
  return found;
}

Expected<bool> leadsTo(const Object &object, const Symbol &stub,
                       uint32_t function) {
  for (auto [index, section] : enumerate(object.sections)) {
    if (!section.isRelocations() || section.info != stub.section)
      continue;
    Expected<std::vector<Relocation>> relocations =
        readRelocations(object, index);
    if (!relocations)
      return relocations.takeError();
    if (llvm::any_of(*relocations, [&](const Relocation &relocation) {
          return relocation.symbol == function &&
                 relocation.offset >= stub.value &&
                 relocation.offset - stub.value < stub.size;
        }))
      return true;
  }
  return false;
}

/// Checks that symbol \p index, which has the name of the stub of \p function,
/// is that stub. A tool that renames symbols can have made it another one's.
static Error checkOldStub(const Object &object, uint32_t index,
                          uint32_t function) {
  const Symbol &symbol = object.symbols[index];
  if (!isStub(object, symbol))
    return error("symbol {0} ({1}) has the name of a stub but is none", index,
                 object.name(symbol));
  Expected<bool> leads = leadsTo(object, symbol, function);
  if (!leads)
    return leads.takeError();
  if (!*leads)
    return error("symbol {0} ({1}) has the name of a stub but does not lead to "
                 "{2}",
                 index, object.name(symbol),
                 object.name(object.symbols[function]));
  return Error::success();
}

/// Gives each function that a redirected slot leads to its stub.
static Error planStubs(const Object &object, Plan &plan) {
  if (!plan.redirected)
    return Error::success();
  const DenseMap<StringRef, uint32_t> olds[] = {
      findStubNames(object, plan.stub.suffix),
      findStubNames(object, plan.ownStub.suffix)};
  uint32_t nextSymbol = object.symbols.size();
  for (auto [group, outcomes] :
       zip_equal(plan.vtables.relocations, plan.outcomes))
    for (auto [word, outcome] : zip_equal(group.words, outcomes)) {
      const uint32_t function = group.at(word).symbol;
      if (outcome != WordOutcome::Redirected ||
          !plan.stubOf.try_emplace(function, plan.stubs.size()).second)
        continue;
      PlannedStub stub;
      stub.function = function;
      stub.isOwn = !object.symbols[function].isUndefined();
      stub.name = stubName(object.name(object.symbols[function]),
                           plan.formOf(stub).suffix);
      const DenseMap<StringRef, uint32_t> &old = olds[stub.isOwn];
      const auto found = old.find(stub.name);
      stub.isNew = found == old.end();
      if (!stub.isNew)
        if (Error e = checkOldStub(object, found->second, function))
          return e;
      stub.symbol = stub.isNew ? nextSymbol++ : found->second;
      plan.stubs.push_back(std::move(stub));
    }
  return Error::success();
}

Stub makeOwnStub(const Target &target, const Config &config,
                 const ControlFlowProtection &protection) {
  Config eager = config;
  eager.mode = Mode::Relay;
  return target.stub(eager, protection);
}

Expected<Plan> makePlan(const Object &object, const Target &target,
                        const Config &config) {
  Plan plan;
  plan.target = &target;
  Expected<ControlFlowProtection> protection = readProperties(object);
  if (!protection)
    return protection.takeError();
  plan.stub = target.stub(config, *protection);
  plan.ownStub = makeOwnStub(target, config, *protection);
  Expected<ObjectVTables> vtables = findVTables(object);
  if (!vtables)
    return vtables.takeError();
  plan.vtables = std::move(*vtables);

  const std::vector<bool> misshapen =
      findMisshapen(object, target, plan.vtables);
  SymbolJudge symbols(object, config);
  uint64_t number = 0;
  for (const VTableRelocations &group : plan.vtables.relocations) {
    const std::vector<uint64_t> shared = findShared(group);
    const Section &place = object.sections[object.sections[group.section].info];
    const bool linkOnce = object.name(place).starts_with(".gnu.linkonce.");
    std::vector<WordOutcome> &outcomes = plan.outcomes.emplace_back();
    outcomes.reserve(group.words.size());
    for (const VTableWord &word : group.words) {
      WordOutcome outcome = judgeWord(target, group.at(word), symbols);
      if (linkOnce)
        outcome = WordOutcome::LinkOnce;
      else if (misshapen[word.vtable])
        outcome = WordOutcome::NotVTableShaped;
      else if (llvm::binary_search(shared, group.at(word).offset))
        outcome = WordOutcome::SeveralRelocations;
      if (!config.wantsSlot(++number) && outcome == WordOutcome::Redirected)
        outcome = WordOutcome::NotWanted;
      outcomes.push_back(outcome);
      plan.redirected += outcome == WordOutcome::Redirected;
    }
  }
  if (Error e = planStubs(object, plan))
    return e;
  return plan;
}

void printPlan(const Object &object, const Plan &plan, bool kept,
               Diagnostics &diagnostics) {
  unsigned keptCount = 0;
  for (auto [group, outcomes] :
       zip_equal(plan.vtables.relocations, plan.outcomes))
    for (auto [word, outcome] : zip_equal(group.words, outcomes)) {
      const bool redirected = outcome == WordOutcome::Redirected;
      keptCount += !redirected;
      if (!redirected && !kept)
        continue;
      const VTable &table = plan.vtables.tables[word.vtable];
      const Relocation &relocation = group.at(word);
      const std::string slot =
          formatv(": {0}+{1:x}: {2}: ",
                  displayName(object.name(object.symbols[table.symbol])),
                  relocation.offset - table.begin,
                  displayName(object.name(object.symbols[relocation.symbol])));
      const std::string what =
          redirected
              ? "-> " + plan.stubs[plan.stubOf.lookup(relocation.symbol)].name
              : ("left alone: " + describe(outcome)).str();
      diagnostics.note(slot + what);
    }
  diagnostics.note(formatv(": {0} vtables: {1} slots redirected to {2} stubs, "
                           "{3} words left alone",
                           plan.vtables.tables.size(), plan.redirected,
                           plan.stubs.size(), keptCount)
                       .str());
}

} // namespace objprelink
