#include "Report/ImageReport.h"
#include "ELF/ImageReader.h"
#include "ELF/Properties.h"
#include "ELF/RewriteNote.h"
#include "ELF/StaticSymbols.h"
#include "Loader/LookUps.h"
#include "Report/Addresses.h"
#include "Report/Causes.h"
#include "Report/SlotTable.h"
#include "Report/TextRelocations.h"
#include "Report/WhatIf.h"
#include "Support/Diagnostics.h"
#include "VTable/Names.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Object/ELF.h"
#include <map>
#include <set>

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

namespace {
class Reporter {
public:
  Reporter(const Image &image, const Target &target)
      : image(image), target(target), lazy(!image.isBindNow) {}
  Expected<Document> run();

private:
  void addProperties();
  void addRelocations(const ImageVTables &vtables);
  void addTables();
  Error addSlots();
  void addRewrites(const WhatIf &whatIf);
  void addNote();

  const Image &image;
  const Target &target;
  const bool lazy;
  Document out;
};
} // namespace

void Reporter::addProperties() {
  // Libraries that can be run have an interpreter, and old PIEs no flag.
  const bool hasInterpreter = any_of(
      image.segments, [](const Segment &s) { return s.type == PT_INTERP; });
  const bool isPie = (image.dynamicValue(DT_FLAGS_1).value_or(0) & DF_1_PIE) ||
                     (hasInterpreter && !image.dynamicValue(DT_SONAME));
  out.kind = image.isExecutable ? "executable"
             : isPie            ? "PIE"
                                : "shared library";
  const uint64_t flags = image.dynamicValue(DT_FLAGS).value_or(0);
  const bool hasGnuHash = image.dynamicValue(DT_GNU_HASH).has_value();
  const bool hasHash = image.dynamicValue(DT_HASH).has_value();
  out.addFact("machine", "machine", target.name.str());
  out.addFact("bytes", "file", image.bytes.size(), Unit::Bytes);
  out.addFact("bind_now", "BIND_NOW", image.isBindNow);
  out.addFact("symbolic", "DT_SYMBOLIC",
              image.dynamicValue(DT_SYMBOLIC) || (flags & DF_SYMBOLIC));
  out.addFact("text_relocations", "text relocations",
              image.hasTextRelocations());
  out.addFact("relro_bytes", "RELRO", image.relro.size, Unit::Bytes);
  out.addFact("relr", "packed relative relocations", !image.relrTable.empty());
  out.addFact("hash", "hash tables",
              std::string(hasGnuHash && hasHash ? "GNU and System V"
                          : hasGnuHash          ? "GNU"
                          : hasHash             ? "System V"
                                                : "none"));
  out.addFact("dynamic_symbols", "dynamic symbols", image.symbols.size(),
              Unit::Count);
}

/// What is known of the relocations of one type that are there for one cause.
namespace {
struct Group {
  uint64_t count = 0;
  std::set<uint32_t> symbols;
  uint64_t lookUps = 0;
  std::set<uint64_t> pages;
};
} // namespace

void Reporter::addRelocations(const ImageVTables &vtables) {
  const Causes causes(image, target, vtables, lazy);
  std::map<std::pair<Cause, uint32_t>, Group> groups;
  std::set<uint64_t> pages;
  const auto add = [&](Cause cause, const Relocation &relocation) {
    Group &group = groups[{cause, relocation.type}];
    ++group.count;
    if (relocation.symbol)
      group.symbols.insert(relocation.symbol);
    if (cause == Cause::DoneInFile)
      return;
    group.pages.insert(relocation.offset / Image::kPageSize);
    pages.insert(relocation.offset / Image::kPageSize);
  };
  const auto causeOf = [&](const Relocation &relocation) {
    const std::optional<uint32_t> index = image.mainIndex(relocation);
    return index ? causes.ofMain(*index) : causes.ofPlt(relocation);
  };
  for (const Relocation &relocation : image.relocations)
    if (relocation.type)
      add(causeOf(relocation), relocation);
  for (const Relocation &relocation : image.pltRelocations)
    if (relocation.type)
      add(causeOf(relocation), relocation);
  for (uint64_t place : image.relrPlaces)
    add(Cause::PackedRelative, {.offset = place, .type = target.relative});

  uint64_t lookUps = 0, cached = 0;
  LookUps(image, target, lazy)
      .walk([](const Relocation &) { return false; },
            [&](const Relocation &relocation, bool isCached) {
              ++(isCached ? cached : lookUps);
              if (!isCached)
                ++groups[{causeOf(relocation), relocation.type}].lookUps;
            });
  out.addFact("look_ups", "look-ups before main", lookUps, Unit::Count);
  out.addFact("look_ups_cached", "answered by the loader's cache", cached,
              Unit::Count);
  const Costs costs = costsOf(image, target, lazy);
  out.addFact("relative_relocations", "relative relocations",
              costs.relative + costs.packed, Unit::Count);
  out.addFact("relocation_bytes", "bytes of relocations", costs.tableBytes,
              Unit::Bytes);
  out.addFact("dirty_pages", "pages that relocations write to", pages.size(),
              Unit::Pages);
  out.addFact("page_tables", "page tables for it, at most",
              costs.space.pageTables(), Unit::Bytes);
  addAddressFacts(image, out);

  Table table = {"relocations",
                 "Relocations",
                 {{"cause", "for"},
                  {"type", "type"},
                  {"count", "count", Unit::Count},
                  {"symbols", "symbols", Unit::Count},
                  {"look_ups", "look-ups", Unit::Count},
                  {"pages", "pages", Unit::Pages}},
                 {},
                 Chart{0, {2}},
                 false,
                 4};
  for (const auto &[key, group] : groups)
    table.addRow(
        {describe(key.first).str(),
         object::getELFRelocationTypeName(target.machine, key.second).str(),
         group.count, uint64_t(group.symbols.size()), group.lookUps,
         uint64_t(group.pages.size())});
  out.tables.push_back(std::move(table));
}

void Reporter::addTables() {
  Table table = {"tables",
                 "Tables that the loader reads",
                 {{"table", "table"}, {"bytes", "bytes", Unit::Bytes}},
                 {},
                 {},
                 false};
  const std::pair<StringRef, AddressRange> ranges[] = {
      {"relocations", image.relocationTable},
      {"PLT relocations", image.pltRelocationTable},
      {"packed relative relocations", image.relrTable},
      {"dynamic symbols", image.symbolTable},
      {"names", image.stringTable},
      {"versions of symbols", image.versionTable},
      {"needed versions", image.neededVersionTable}};
  for (auto [name, range] : ranges)
    if (!range.empty())
      table.addRow({name.str(), range.size});
  out.tables.push_back(std::move(table));
}

/// Which slots a rewrite takes, and why the others stay.
Error Reporter::addSlots() {
  Config config;
  config.mode = Mode::Lazy;
  Expected<ImagePlan> plan = makeImagePlan(image, target, config);
  if (!plan)
    return plan.takeError();
  out.addFact("vtables", "vtables", uint64_t(plan->vtables.tables.size()),
              Unit::Count);
  addRelocations(plan->vtables);

  SlotTable slots;
  for (auto [slot, outcome] : zip_equal(plan->vtables.slots, plan->outcomes)) {
    const uint32_t symbol = image.relocations[slot.relocation].symbol;
    if (outcome == SlotOutcome::Redirected)
      slots.addRedirected(symbol);
    else
      slots.addKept(describe(outcome), symbol);
  }
  out.tables.push_back(slots.table(plan->mode == Mode::Lazy
                                       ? "Words of vtables, in lazy mode"
                                       : "Words of vtables, in relay mode"));
  return Error::success();
}

/// A row of the table of rewrites, for the scenario with \p key.
static std::vector<Value> rewriteRow(StringRef command, StringRef key,
                                     const WhatIf &whatIf) {
  const size_t index =
      find_if(scenarios(), [&](const Scenario &s) { return s.key == key; }) -
      scenarios().begin();
  const TriedRewrite &tried = whatIf.tried[index];
  const Costs &costs = whatIf.costs[index];
  constexpr size_t kRemark = 7;
  std::vector<Value> row = {command.str()};
  if (!tried.refused.empty()) {
    row.resize(kRemark);
    row.push_back("refused: " + tried.refused);
    return row;
  }
  const ImageSummary &summary = tried.summary;
  row.push_back(summary.redirected);
  row.push_back(summary.functions);
  if (!tried.bytes) {
    row.resize(kRemark);
    row.push_back("nothing to do" + (summary.reason.empty()
                                         ? std::string()
                                         : ": " + summary.reason));
    return row;
  }
  row.push_back(costs.lookUps);
  row.push_back(costs.tableBytes);
  row.push_back(costs.pages);
  row.push_back(*tried.bytes);
  row.push_back(summary.whyRelays.empty()
                    ? Value()
                    : Value("relays: " + summary.whyRelays));
  return row;
}

void Reporter::addRewrites(const WhatIf &whatIf) {
  Table table = {"rewrites",
                 "What a rewrite makes of it",
                 {{"command", "command"},
                  {"slots", "slots", Unit::Count},
                  {"functions", "functions", Unit::Count},
                  {"look_ups", "look-ups", Unit::Count},
                  {"table_bytes", "relocations, bytes", Unit::Bytes},
                  {"pages", "dirty pages", Unit::Pages},
                  {"bytes", "file, bytes", Unit::Bytes},
                  {"remark", "remark"}},
                 {},
                 {},
                 false};
  const auto add = [&](StringRef command, StringRef key) {
    table.addRow(rewriteRow(command, key, whatIf));
  };
  add("objprelink1", "relay");
  add("objprelink2", "lazy");
  add("objprelink2 --pack-relative-relocs", "lazy_relr");
  add("objprelink1 --prerelocate", "prerelocate");
  if (image.isBindNow)
    add("objprelink2 --override-bind-now --lazy=all", "lazy_no_bind_now");
  out.tables.push_back(std::move(table));
}

std::vector<std::string> oddities(const Image &image) {
  std::vector<std::string> out = image.tolerated;
  if (std::string damage = readProperties(image).damage; !damage.empty())
    out.push_back(std::move(damage));
  return out;
}

/// Whether a note says that objprelink has made the image. Damaged notes say
/// nothing.
void Reporter::addNote() {
  Expected<std::optional<FoundNote>> note = findNote(image);
  out.addFact("rewritten", "rewritten by objprelink",
              note ? Value(note->has_value()) : Value());
  if (!note)
    out.remarks.push_back(toString(note.takeError()));
}

Expected<Document> Reporter::run() {
  addProperties();
  if (Error e = addSlots())
    return e;
  addTables();
  if (image.hasTextRelocations())
    out.tables.push_back(textRelocationTable(image));
  addNote();
  append_range(out.remarks, oddities(image));
  if (image.isExecutable) {
    out.remarks.push_back("an executable at fixed addresses: its vtables cost "
                          "the loader nothing, and it is not rewritten");
    return std::move(out);
  }
  Expected<WhatIf> whatIf = estimateCosts(image, target, /*bindsAll=*/false);
  if (!whatIf)
    return whatIf.takeError();
  addRewrites(*whatIf);
  out.tables.push_back(whatIfTable(whatIf->costs));
  append_range(out.remarks, whatIfRemarks(whatIf->costs));
  return std::move(out);
}

Expected<Document> reportImage(Bytes bytes) {
  Expected<Image> image = readLoadable(bytes);
  if (!image)
    return image.takeError();
  Expected<const Target &> target =
      supportedTarget(image->machine, image->is64);
  if (!target)
    return target.takeError();
  return Reporter(*image, *target).run();
}

} // namespace objprelink
