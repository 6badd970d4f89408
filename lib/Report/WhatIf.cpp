#include "Report/WhatIf.h"
#include "ELF/Relocations.h"
#include "ELF/Relr.h"
#include "ImageRewriter/PackPlan.h"
#include "Loader/LookUps.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace objprelink {

using Slots = Rewrite::Slots;

static constexpr Scenario kScenarios[] = {
    {"today", "as it is", {}},
    {"bsymbolic_functions", "-Bsymbolic-functions", {}, true},
    {"relr", "packed relative relocations", {Slots::AsTheyAre, true}},
    {"no_bind_now", "without -z now", {}, false, true},
    {"relay", "relays", {Slots::Relays}},
    {"relay_relr", "relays, packed", {Slots::Relays, true}},
    {"lazy", "lazy vtables", {Slots::Lazy}},
    {"lazy_relr", "lazy vtables, packed", {Slots::Lazy, true}},
    {"lazy_no_bind_now",
     "lazy vtables, without -z now",
     {Slots::LazyAlways},
     false,
     true},
    {"lazy_no_bind_now_relr",
     "lazy vtables, without -z now, packed",
     {Slots::LazyAlways, true},
     false,
     true},
    {"lazy_bsymbolic_functions",
     "lazy vtables, -Bsymbolic-functions",
     {Slots::Lazy},
     true},
};

ArrayRef<Scenario> scenarios() {
  return kScenarios;
}

Costs &Costs::operator+=(const Costs &other) {
  lookUps += other.lookUps;
  cached += other.cached;
  tableBytes += other.tableBytes;
  pages += other.pages;
  relative += other.relative;
  packed += other.packed;
  plt += other.plt;
  others += other.others;
  return *this;
}

namespace {
/// What a link with other options would have made of an image.
struct LinkOptions {
  bool symbolicFunctions = false;
  bool packed = false;
};

/// Counts what the loader does for an image, as if it had been linked so.
class Measurement {
public:
  Measurement(const Image &image, const Target &target, LinkOptions options)
      : image(image), target(target), options(options) {}
  Expected<Costs> run(bool lazy);

private:
  bool isBound(const Relocation &relocation) const;
  bool becomesRelative(const Relocation &relocation) const {
    return isBound(relocation) && (relocation.type == target.absoluteWord ||
                                   relocation.type == target.globDat);
  }
  PackPlan planPacked() const;
  Error addTables();
  void addPages();
  void addLookUps(bool lazy);

  const Image &image;
  const Target &target;
  const LinkOptions options;
  Costs out;
};
} // namespace

/// Whether the linker has bound \p relocation, by -Bsymbolic-functions.
bool Measurement::isBound(const Relocation &relocation) const {
  if (!options.symbolicFunctions || relocation.symbol >= image.symbols.size() ||
      is_contained(target.tlsRelocations, relocation.type))
    return false;
  const DynamicSymbol &symbol = image.symbols[relocation.symbol];
  return symbol.isInSection() && symbol.type == ELF::STT_FUNC;
}

/// What is new is packed as a linker packs it: where the others are.
PackPlan Measurement::planPacked() const {
  std::vector<bool> isNew(image.relocations.size());
  for (auto [index, relocation] : enumerate(image.relocations))
    isNew[index] = becomesRelative(relocation);
  return planPacking(image, target.relative,
                     options.packed            ? Packing::All
                     : image.relrTable.empty() ? Packing::None
                                               : Packing::New,
                     isNew);
}

Error Measurement::addTables() {
  const PackPlan plan = planPacked();
  uint64_t entries = image.relocations.size() - plan.packed;
  for (auto [index, relocation] : enumerate(image.relocations)) {
    if (!relocation.type || (!plan.packs.empty() && plan.packs[index]))
      continue;
    const bool isRelative =
        relocation.type == target.relative || becomesRelative(relocation);
    ++(isRelative                           ? out.relative
       : relocation.type == target.jumpSlot ? out.plt
                                            : out.others);
  }
  for (const Relocation &relocation : image.pltRelocations) {
    if (isBound(relocation))
      continue;
    ++entries;
    if (relocation.type)
      ++(relocation.type == target.jumpSlot   ? out.plt
         : relocation.type == target.relative ? out.relative
                                              : out.others);
  }
  out.packed = image.relrPlaces.size() + plan.packed;
  out.tableBytes = entries * nativeRelocationSize(image.is64);
  if (!plan.packed) {
    out.tableBytes += image.relrTable.size;
    return Error::success();
  }
  Expected<ByteVector> table =
      encodeRelr(packedPlaces(image, plan), image.is64);
  if (!table)
    return table.takeError();
  out.tableBytes += table->size();
  return Error::success();
}

/// The pages that relocations write to.
void Measurement::addPages() {
  std::vector<uint64_t> pages = image.relrPlaces;
  for (const Relocation &relocation : image.relocations)
    if (relocation.type)
      pages.push_back(relocation.offset);
  for (const Relocation &relocation : image.pltRelocations)
    if (relocation.type && !isBound(relocation))
      pages.push_back(relocation.offset);
  for (uint64_t &page : pages)
    page /= Image::kPageSize;
  llvm::sort(pages);
  out.pages = std::unique(pages.begin(), pages.end()) - pages.begin();
}

void Measurement::addLookUps(bool lazy) {
  LookUps(image, target, lazy)
      .walk([&](const Relocation &relocation) { return isBound(relocation); },
            [&](const Relocation &, bool cached) {
              ++(cached ? out.cached : out.lookUps);
            });
}

Expected<Costs> Measurement::run(bool lazy) {
  if (Error e = addTables())
    return e;
  addPages();
  addLookUps(lazy);
  return out;
}

Costs costsOf(const Image &image, const Target &target, bool bindsAll) {
  // Nothing is packed anew, which alone could fail.
  return cantFail(Measurement(image, target, {})
                      .run(/*lazy=*/!bindsAll && !image.isBindNow));
}

namespace {
/// The scenarios of one image, each rewrite done once.
class Estimator {
public:
  Estimator(const Image &image, const Target &target, bool bindsAll)
      : image(image), target(target), bindsAll(bindsAll),
        isDone(std::size(kScenarios)) {}
  Expected<WhatIf> run();

private:
  Rewrite rewriteOf(const Scenario &scenario) const;
  void measure(Rewrite rewrite);
  Error measure(size_t scenario, const Image &after, bool packsByLink);

  const Image &image;
  const Target &target;
  const bool bindsAll;
  std::vector<bool> isDone;
  WhatIf out;
  Error error = Error::success();
};
} // namespace

/// Nothing has to be overridden where nothing is BIND_NOW.
Rewrite Estimator::rewriteOf(const Scenario &scenario) const {
  Rewrite rewrite = scenario.rewrite;
  if (rewrite.slots == Slots::LazyAlways && !image.isBindNow)
    rewrite.slots = Slots::Lazy;
  return rewrite;
}

Error Estimator::measure(size_t index, const Image &after, bool packsByLink) {
  const Scenario &scenario = kScenarios[index];
  // A rewrite says itself what is bound late in its result.
  const bool isLinked = &after == &image;
  const bool isLazy =
      !bindsAll && (!after.isBindNow || (isLinked && scenario.lazyPlt));
  Expected<Costs> costs =
      Measurement(after, target, {scenario.symbolicFunctions, packsByLink})
          .run(isLazy);
  if (!costs)
    return costs.takeError();
  out.costs[index] = *costs;
  return Error::success();
}

void Estimator::measure(Rewrite rewrite) {
  const auto measureAll = [&](const Image &after, bool packsByLink) {
    for (auto [index, scenario] : enumerate(kScenarios))
      if (rewriteOf(scenario) == rewrite)
        if (Error e = measure(index, after, packsByLink))
          error = joinErrors(std::move(error), std::move(e));
  };
  const TriedRewrite tried = tryRewrite(
      image, rewrite, [&](const Image &after) { measureAll(after, false); });
  for (auto [index, scenario] : enumerate(kScenarios))
    if (rewriteOf(scenario) == rewrite) {
      out.tried[index] = tried;
      isDone[index] = true;
    }
  // A linker can pack what a rewrite cannot.
  if (rewrite.packed && !tried.refused.empty())
    tryRewrite(image, {rewrite.slots, false},
               [&](const Image &after) { measureAll(after, true); });
}

Expected<WhatIf> Estimator::run() {
  out.costs.resize(std::size(kScenarios));
  out.tried.resize(std::size(kScenarios));
  for (auto [index, scenario] : enumerate(kScenarios))
    if (!isDone[index])
      measure(rewriteOf(scenario));
  if (error)
    return std::move(error);
  return std::move(out);
}

Expected<WhatIf> estimateCosts(const Image &image, const Target &target,
                               bool bindsAll) {
  return Estimator(image, target, bindsAll).run();
}

Table whatIfTable(ArrayRef<Costs> costs) {
  Table table = {"what_if",
                 "What if",
                 {{"scenario", ""},
                  {"title", "built or rewritten"},
                  {"look_ups", "look-ups", Unit::Count},
                  {"cached", "from cache", Unit::Count},
                  {"look_ups_ratio", "to today", Unit::Percent},
                  {"table_bytes", "relocations, bytes", Unit::Bytes},
                  {"table_bytes_ratio", "to today", Unit::Percent},
                  {"pages", "dirty pages", Unit::Pages},
                  // For programs, and for who compares it with a result.
                  {"relative", "", Unit::Count},
                  {"packed", "", Unit::Count},
                  {"plt", "", Unit::Count},
                  {"others", "", Unit::Count}},
                 {},
                 Chart{1, {2, 3}},
                 false};
  const auto ratio = [](uint64_t now, uint64_t then) -> Value {
    return then ? Value(100.0 * now / then) : Value();
  };
  for (auto [scenario, cost] : zip_equal(scenarios(), costs))
    table.addRow({scenario.key.str(), scenario.title.str(), cost.lookUps,
                  cost.cached, ratio(cost.lookUps, costs[0].lookUps),
                  cost.tableBytes, ratio(cost.tableBytes, costs[0].tableBytes),
                  cost.pages, cost.relative, cost.packed, cost.plt,
                  cost.others});
  return table;
}

/// Less than this part of the look-ups, or of the bytes, is not worth a change.
static constexpr double kWorthIt = 0.03;

std::vector<std::string> whatIfRemarks(ArrayRef<Costs> costs) {
  const auto find = [&](StringRef key) -> const Costs & {
    return costs[find_if(scenarios(),
                         [&](const Scenario &s) { return s.key == key; }) -
                 scenarios().begin()];
  };
  const Costs &today = costs[0];
  const auto saved = [&](StringRef key) {
    return today.lookUps ? 1 - double(find(key).lookUps) / double(today.lookUps)
                         : 0;
  };
  std::vector<std::string> out;
  const auto say = [&](StringRef key, StringRef what) {
    if (saved(key) < kWorthIt)
      return false;
    std::string line = formatv("{0} would save {1:F0} % of the look-ups", what,
                               100 * saved(key));
    if (const uint64_t pages = find(key).pages;
        pages > today.pages * (1 + kWorthIt))
      line += formatv(", and have {0:N} more pages written to",
                      pages - today.pages);
    out.push_back(std::move(line));
    return true;
  };
  const bool lazyPays =
      say("lazy", "lazy vtables (objprelink2, or a link by ld.objprelink)");
  if (!lazyPays)
    out.push_back(
        "lazy vtables are not worth it here: they would save " +
        formatv("{0:N} of {1:N} look-ups",
                today.lookUps - std::min(today.lookUps, find("lazy").lookUps),
                today.lookUps)
            .str());
  say("no_bind_now", "linking without -z now (-Wl,-z,lazy)");
  if (lazyPays && saved("no_bind_now") >= kWorthIt)
    say("lazy_no_bind_now",
        "both of these (objprelink2 --override-bind-now --lazy=all)");
  say("bsymbolic_functions", "-Wl,-Bsymbolic-functions");
  const auto packs = [&](StringRef key, StringRef what) {
    const uint64_t bytes = find(key).tableBytes;
    const bool pays = bytes < today.tableBytes * (1 - kWorthIt);
    if (pays)
      out.push_back(
          formatv("{0} would save {1:N} of {2:N} bytes of tables, and "
                  "no more look-ups",
                  what, today.tableBytes - bytes, today.tableBytes));
    return pays;
  };
  if (!packs("relr",
             "packed relative relocations (-Wl,-z,pack-relative-relocs, or "
             "--pack-relative-relocs of objprelink1 and objprelink2)") &&
      !packs("lazy_relr", "packed relative relocations and lazy vtables "
                          "(objprelink2 --pack-relative-relocs)"))
    out.push_back("packing relative relocations is not worth it here");
  return out;
}

} // namespace objprelink
