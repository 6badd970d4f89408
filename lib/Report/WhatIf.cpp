#include "Report/WhatIf.h"
#include "ELF/Relocations.h"
#include "ELF/Relr.h"
#include "ImageRewriter/PackPlan.h"
#include "Loader/LookUps.h"
#include "Support/Diagnostics.h"
#include "VTable/ImageSymbols.h"
#include "VTable/Instrumentation.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace objprelink {

using Slots = Scenario::Slots;

static constexpr Scenario kScenarios[] = {
    {"today", "as it is"},
    {"bsymbolic_functions", "-Bsymbolic-functions", Slots::AsTheyAre, true},
    {"relr", "packed relative relocations", Slots::AsTheyAre, false, true},
    {"no_bind_now", "without -z now", Slots::AsTheyAre, false, false, true},
    {"relay", "relays", Slots::Relays},
    {"relay_relr", "relays, packed", Slots::Relays, false, true},
    {"lazy", "lazy vtables", Slots::Lazy},
    {"lazy_relr", "lazy vtables, packed", Slots::Lazy, false, true},
    {"lazy_no_bind_now", "lazy vtables, without -z now", Slots::LazyAlways,
     false, false, true},
    {"lazy_no_bind_now_relr", "lazy vtables, without -z now, packed",
     Slots::LazyAlways, false, true, true},
    {"lazy_bsymbolic_functions", "lazy vtables, -Bsymbolic-functions",
     Slots::Lazy, true},
};

ArrayRef<Scenario> scenarios() {
  return kScenarios;
}

Costs &Costs::operator+=(const Costs &other) {
  lookUps += other.lookUps;
  cached += other.cached;
  tableBytes += other.tableBytes;
  pages += other.pages;
  return *this;
}

namespace {
class Estimator {
public:
  Estimator(const Image &image, const Target &target, bool lazy, bool bindNow)
      : image(image), target(target), lazy(lazy), bindNow(bindNow) {}
  Expected<std::vector<Costs>> run();

private:
  Error findRedirected();
  Error findRedirected(Slots slots);
  Expected<Costs> estimate(const Scenario &scenario) const;
  Expected<uint64_t> tableBytes(const Scenario &scenario) const;
  uint64_t countPages(const Scenario &scenario) const;
  bool isBound(const Scenario &scenario, const Relocation &relocation) const;
  bool isRedirected(const Scenario &scenario,
                    const Relocation &relocation) const;

  const Image &image;
  const Target &target;
  const bool lazy;
  const bool bindNow;

  /// What becomes of the slots, by how they are treated.
  struct Redirected {
    /// Of Image::relocations.
    std::vector<bool> relocations;
    unsigned newWords = 0;
    unsigned relroWords = 0;
  };
  const Redirected &slotsOf(const Scenario &scenario) const {
    return redirected[static_cast<unsigned>(scenario.slots)];
  }
  Redirected redirected[4];
};
} // namespace

/// Whether the linker has bound \p relocation, by -Bsymbolic-functions.
bool Estimator::isBound(const Scenario &scenario,
                        const Relocation &relocation) const {
  if (!scenario.symbolicFunctions ||
      relocation.symbol >= image.symbols.size() ||
      is_contained(target.tlsRelocations, relocation.type))
    return false;
  const DynamicSymbol &symbol = image.symbols[relocation.symbol];
  return symbol.isInSection() && symbol.type == ELF::STT_FUNC;
}

Error Estimator::findRedirected(Slots slots) {
  SlotConfig config;
  config.mode = slots == Slots::Relays ? Mode::Relay : Mode::Lazy;
  config.overrideBindNow = slots == Slots::LazyAlways;
  Expected<ImagePlan> plan = makeImagePlan(image, target, config);
  if (!plan)
    return plan.takeError();
  Redirected &out = redirected[static_cast<unsigned>(slots)];
  out.relocations = redirectedRelocations(image, *plan);
  // Placeholders are no part of what is built so.
  out.newWords = plan->newWords - (plan->overridesBindNow ? plan->numbered : 0);
  out.relroWords = plan->relroWords.size();
  return Error::success();
}

bool Estimator::isRedirected(const Scenario &scenario,
                             const Relocation &relocation) const {
  const std::optional<uint32_t> index = image.mainIndex(relocation);
  return index && slotsOf(scenario).relocations[*index];
}

/// The pages that relocations write to.
uint64_t Estimator::countPages(const Scenario &scenario) const {
  std::vector<uint64_t> pages = image.relrPlaces;
  for (const Relocation &relocation : image.relocations)
    if (relocation.type)
      pages.push_back(relocation.offset);
  for (const Relocation &relocation : image.pltRelocations)
    if (!isBound(scenario, relocation))
      pages.push_back(relocation.offset);
  for (uint64_t &page : pages)
    page /= Image::kPageSize;
  llvm::sort(pages);
  return std::unique(pages.begin(), pages.end()) - pages.begin();
}

/// Of all relocations, packed as a rewrite or a linker packs them: what is new
/// goes where the others are.
Expected<uint64_t> Estimator::tableBytes(const Scenario &scenario) const {
  const Redirected &slots = slotsOf(scenario);
  std::vector<bool> isNew = slots.relocations;
  uint64_t entries =
      image.relocations.size() + slots.newWords + slots.relroWords;
  for (auto [index, relocation] : enumerate(image.relocations))
    if (isBound(scenario, relocation) &&
        (relocation.type == target.absoluteWord ||
         relocation.type == target.globDat))
      isNew[index] = true;
  for (const Relocation &relocation : image.pltRelocations)
    entries += !isBound(scenario, relocation);
  const PackPlan plan = planPacking(image, target.relative,
                                    scenario.packed           ? Packing::All
                                    : image.relrTable.empty() ? Packing::None
                                                              : Packing::New,
                                    isNew);
  const uint64_t bytes =
      (entries - plan.packed) * nativeRelocationSize(image.is64);
  if (!plan.packed)
    return bytes + image.relrTable.size;
  Expected<ByteVector> table =
      encodeRelr(packedPlaces(image, plan), image.is64);
  if (!table)
    return table.takeError();
  return bytes + table->size();
}

Expected<Costs> Estimator::estimate(const Scenario &scenario) const {
  const Redirected &slots = slotsOf(scenario);
  Costs out;
  const bool isLazy = (lazy || scenario.lazyPlt) && !bindNow;
  LookUps(image, target, isLazy)
      .walk(
          [&](const Relocation &relocation) {
            return isBound(scenario, relocation) ||
                   isRedirected(scenario, relocation);
          },
          [&](const Relocation &, bool cached) {
            ++(cached ? out.cached : out.lookUps);
          });
  out.lookUps += slots.relroWords;
  // New words of lazy entries are looked up too where nothing is lazy.
  if (bindNow)
    out.lookUps += slots.newWords;
  Expected<uint64_t> bytes = tableBytes(scenario);
  if (!bytes)
    return bytes.takeError();
  out.tableBytes = *bytes;
  out.pages = countPages(scenario);
  return out;
}

Error Estimator::findRedirected() {
  for (Redirected &slots : redirected)
    slots.relocations.resize(image.relocations.size());
  Expected<std::optional<Instrumentation>> instrumented =
      findInstrumentation(image);
  if (!instrumented)
    return instrumented.takeError();
  // No rewrite takes a slot of instrumented code.
  if (*instrumented)
    return Error::success();
  for (Slots slots : {Slots::Relays, Slots::Lazy})
    if (Error e = findRedirected(slots))
      return e;
  // Nothing has to be overridden where nothing is BIND_NOW.
  if (image.isBindNow)
    return findRedirected(Slots::LazyAlways);
  redirected[static_cast<unsigned>(Slots::LazyAlways)] =
      redirected[static_cast<unsigned>(Slots::Lazy)];
  return Error::success();
}

Expected<std::vector<Costs>> Estimator::run() {
  if (Error e = findRedirected())
    return e;
  std::vector<Costs> out;
  for (const Scenario &scenario : kScenarios) {
    Expected<Costs> costs = estimate(scenario);
    if (!costs)
      return costs.takeError();
    out.push_back(*costs);
  }
  return out;
}

Expected<std::vector<Costs>> estimateCosts(const Image &image,
                                           const Target &target, bool lazy,
                                           bool bindNow) {
  return Estimator(image, target, lazy, bindNow).run();
}

Table whatIfTable(ArrayRef<Costs> costs) {
  Table table = {"what_if",
                 "What if",
                 {{"scenario", "scenario"},
                  {"title", "built or rewritten"},
                  {"look_ups", "look-ups", Unit::Count},
                  {"cached", "from cache", Unit::Count},
                  {"look_ups_ratio", "to today", Unit::Percent},
                  {"table_bytes", "relocations, bytes", Unit::Bytes},
                  {"table_bytes_ratio", "to today", Unit::Percent},
                  {"pages", "dirty pages", Unit::Pages}},
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
                  cost.pages});
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
    if (saved(key) >= kWorthIt)
      out.push_back(formatv("{0} would save {1:F0} % of the look-ups", what,
                            100 * saved(key)));
    return saved(key) >= kWorthIt;
  };
  const bool lazyPays = say("lazy", "lazy vtables");
  if (!lazyPays)
    out.push_back(
        "lazy vtables are not worth it here: they would save " +
        formatv("{0:N} of {1:N} look-ups",
                today.lookUps - std::min(today.lookUps, find("lazy").lookUps),
                today.lookUps)
            .str());
  say("no_bind_now", "to link without -z now");
  if (lazyPays && saved("no_bind_now") >= kWorthIt)
    say("lazy_no_bind_now", "both of these");
  say("bsymbolic_functions", "-Bsymbolic-functions");
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
  if (!packs("relr", "packed relative relocations") &&
      !packs("lazy_relr", "packed relative relocations and lazy vtables"))
    out.push_back("packing relative relocations is not worth it here");
  return out;
}

} // namespace objprelink
