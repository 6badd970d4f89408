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
    {"prerelocate",
     "own address",
     {.slots = Slots::AsTheyAre, .prerelocated = true}},
    {"lazy_no_bind_now_prerelocate",
     "lazy vtables, without -z now, own address",
     {.slots = Slots::LazyAlways, .prerelocated = true},
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

namespace {
/// What a link with other options would have made of an image.
struct LinkOptions {
  bool symbolicFunctions = false;
  bool packed = false;
};
} // namespace

/// Whether -Bsymbolic-functions binds \p relocation.
static bool isBoundBySymbolic(const Image &image, const Target &target,
                              const Relocation &relocation) {
  if (relocation.symbol >= image.symbols.size() ||
      is_contained(target.tlsRelocations, relocation.type))
    return false;
  const DynamicSymbol &symbol = image.symbols[relocation.symbol];
  return symbol.isInSection() && symbol.type == ELF::STT_FUNC;
}

/// What \p image would cost, had it been linked so. What is new is packed as a
/// linker packs it: where the others are.
static Expected<Costs> costsOfLink(const Image &image, const Target &target,
                                   LinkOptions options, bool lazy) {
  const auto isBound = [&](const Relocation &relocation) {
    return options.symbolicFunctions &&
           isBoundBySymbolic(image, target, relocation);
  };
  Costs out = costsOf(image, target, lazy, isBound);
  std::vector<bool> isNew(image.relocations.size());
  for (auto [index, relocation] : enumerate(image.relocations))
    isNew[index] = isBound(relocation) && becomesRelative(target, relocation);
  const PackPlan plan = planPacking(image, target.relative,
                                    options.packed            ? Packing::All
                                    : image.relrTable.empty() ? Packing::None
                                                              : Packing::New,
                                    isNew);
  if (!plan.packed)
    return out;
  Expected<ByteVector> table =
      encodeRelr(packedPlaces(image, plan), image.is64);
  if (!table)
    return table.takeError();
  out.relative -= plan.packed;
  out.packed += plan.packed;
  out.tableBytes += table->size() - image.relrTable.size -
                    plan.packed * nativeRelocationSize(image.is64);
  return out;
}

namespace {
/// The scenarios of one image, each rewrite done once.
class Estimator {
public:
  Estimator(const Image &image, const Target &target, bool bindsAll)
      : image(image), target(target), bindsAll(bindsAll),
        isDone(std::size(kScenarios)) {}
  Expected<WhatIf> run(ArrayRef<StringRef> wanted);

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
  Expected<Costs> costs = costsOfLink(
      after, target, {scenario.symbolicFunctions, packsByLink}, isLazy);
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

Expected<WhatIf> Estimator::run(ArrayRef<StringRef> wanted) {
  out.costs.resize(std::size(kScenarios));
  out.tried.resize(std::size(kScenarios));
  for (auto [index, scenario] : enumerate(kScenarios))
    if (!isDone[index] &&
        (wanted.empty() || is_contained(wanted, scenario.key)))
      measure(rewriteOf(scenario));
  if (error)
    return std::move(error);
  return std::move(out);
}

Expected<WhatIf> estimateCosts(const Image &image, const Target &target,
                               bool bindsAll, ArrayRef<StringRef> wanted) {
  return Estimator(image, target, bindsAll).run(wanted);
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
                  {"page_tables", "page tables, at most", Unit::Bytes},
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
                  cost.pages, cost.space.pageTables(), cost.relative,
                  cost.packed, cost.plt, cost.others});
  return table;
}

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
      line += formatv(", and have {0:N} more page{1} written to",
                      pages - today.pages, pages - today.pages == 1 ? "" : "s");
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
  const Costs &prerelocated = find("prerelocate");
  const uint64_t words = today.relative + today.packed - prerelocated.relative -
                         prerelocated.packed;
  if (paysInMemory(today, prerelocated))
    out.push_back(formatv(
        "an address of its own (objprelink1 --prerelocate; for a program and "
        "its libraries --prerelocate-set) would save {0:N} relative "
        "relocations, and {1:N} of {2:N} pages written to",
        words, today.pages - prerelocated.pages, today.pages));
  else if (words)
    out.push_back(formatv("an address of its own is not worth it here: "
                          "relocations would write to {0:N} of {1:N} pages "
                          "all the same",
                          prerelocated.pages, today.pages));
  return out;
}

} // namespace objprelink
