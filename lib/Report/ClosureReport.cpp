//===- ClosureReport.cpp - the report on a program and its libraries ------===//

#include "Loader/ResolvedClosure.h"
#include "Report/Addresses.h"
#include "Report/Causes.h"
#include "Report/ImageReport.h"
#include "Report/Prebound.h"
#include "Report/Report.h"
#include "Report/WhatIf.h"
#include "Support/Diagnostics.h"
#include "VTable/Names.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"
#include "llvm/Support/Parallel.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

/// How many libraries people see who do not ask for all.
static constexpr uint32_t kMostLibraries = 10;

namespace {
/// What one library costs.
struct LibraryCosts {
  std::vector<Costs> scenarios;
  uint64_t byCause[kCauses] = {};       ///< look-ups
  uint64_t cachedByCause[kCauses] = {}; ///< those that the cache answers
  uint64_t relative = 0;                ///< DT_RELACOUNT or DT_RELCOUNT
  uint64_t later = 0;       ///< lazy words, which wait for the first call
  uint64_t ofResolvers = 0; ///< look-ups of libc's resolvers
  uint64_t asked = 0;       ///< libraries asked by its look-ups
  uint64_t unfound = 0;
  std::vector<uint64_t> depths; ///< look-ups by depth
  /// Look-ups by who has the symbol.
  std::vector<uint64_t> providers;
  std::vector<std::vector<Value>> rows; ///< of the table of look-ups
  /// Why it is not known what the library costs; empty where it is.
  std::string problem;
};

class Reporter {
public:
  /// \p start is the closure of what is loaded at the start.
  Reporter(const ResolvedClosure &closure, const ResolvedClosure &start,
           const ClosureOptions &options)
      : closure(closure), start(start), options(options) {}
  Document run();

private:
  bool isLazy(uint32_t library) const;
  Error addUp(uint32_t library);
  void addUpOrSay(uint32_t library);
  void addFacts();
  void addLibraries();
  void addCauses();
  void addDepths();
  void addFiles();
  void addMissing();
  void addLookUps();
  void addRemarks();
  bool isAtStart(uint32_t library) const {
    return closure.libraries[library].group == 0;
  }

  const ResolvedClosure &closure, &start;
  const ClosureOptions &options;
  std::vector<LibraryCosts> costs;
  std::vector<Costs> total;
  Document out;
};
} // namespace

/// ld.so binds itself at once, and musl's everything.
bool Reporter::isLazy(uint32_t library) const {
  return !options.bindNow && !closure.loader.isMusl() &&
         !closure.libraries[library].image.isBindNow &&
         !closure.libraries[library].isLoader;
}

static std::string nameOf(const Library &library) {
  return sys::path::filename(library.name).str();
}

Error Reporter::addUp(uint32_t index) {
  const Library &library = closure.libraries[index];
  const Image &image = library.image;
  LibraryCosts &out = costs[index];
  if (!library.unreadable.empty())
    return Error::success();
  const Target &target = *findTarget(closure.target->machine, image.is64);

  const bool lazy = isLazy(index);
  // musl's loader does not remember the symbol that it looked up last.
  const bool remembers = !closure.loader.isMusl();
  const bool bindsAll =
      options.bindNow || library.isLoader || closure.loader.isMusl();
  if (image.isExecutable) {
    // No flag and no rewrite changes its relocations.
    out.scenarios.assign(scenarios().size(),
                         costsOf(image, target, !bindsAll && !image.isBindNow));
  } else {
    Expected<WhatIf> estimated = estimateCosts(image, target, bindsAll);
    if (!estimated)
      return estimated.takeError();
    out.scenarios = std::move(estimated->costs);
  }
  if (!remembers)
    for (Costs &scenario : out.scenarios)
      scenario.lookUps += std::exchange(scenario.cached, 0);

  Expected<ImageVTables> vtables =
      findImageVTables(image, target.relocationKinds());
  if (!vtables)
    return vtables.takeError();
  const Causes causes(image, target, *vtables, lazy);
  out.relative = image.dynamicValue(DT_RELACOUNT)
                     .value_or(image.dynamicValue(DT_RELCOUNT).value_or(0));
  const LookUps lookUps(image, target, lazy);
  if (lazy)
    out.later = count_if(image.pltRelocations, [&](const Relocation &r) {
      return lookUps.wantsSymbol(r);
    });
  lookUps.walk([](const Relocation &) { return false; },
               [&](const Relocation &relocation, bool cached) {
                 const std::optional<uint32_t> at = image.mainIndex(relocation);
                 const Cause cause =
                     at ? causes.ofMain(*at) : causes.ofPlt(relocation);
                 const Provider &provider = closure.providers.at(
                     index, relocation.symbol, lookUps.classOf(relocation));
                 out.ofResolvers += resolvesByVdso(closure, provider);
                 if (cached && remembers) {
                   ++out.cachedByCause[static_cast<unsigned>(cause)];
                   return;
                 }
                 ++out.byCause[static_cast<unsigned>(cause)];
                 const DynamicSymbol &symbol = image.symbols[relocation.symbol];
                 out.asked += provider.depth;
                 if (provider.library == Provider::kNone)
                   ++out.unfound;
                 else
                   ++out.providers[provider.library];
                 if (out.depths.size() <= provider.depth)
                   out.depths.resize(provider.depth + 1);
                 ++out.depths[provider.depth];
                 if (!options.lookUps)
                   return;
                 const StringRef version =
                     closure.tables[index].versionOf(symbol);
                 out.rows.push_back(
                     {nameOf(library), image.name(symbol).str(),
                      version.empty() ? Value() : Value(version.str()),
                      describe(cause).str(),
                      provider.library == Provider::kNone
                          ? Value()
                          : Value(nameOf(closure.libraries[provider.library])),
                      uint64_t(provider.depth)});
               });
  return Error::success();
}

/// What cannot be said of one library is left out, and nothing else.
void Reporter::addUpOrSay(uint32_t index) {
  const auto clear = [&] {
    costs[index] = {};
    costs[index].scenarios.resize(scenarios().size());
    costs[index].providers.resize(closure.libraries.size());
  };
  clear();
  if (Error e = addUp(index)) {
    clear();
    costs[index].problem = toString(std::move(e));
  }
}

void Reporter::addFacts() {
  uint64_t relative = 0, cached = 0, later = 0, asked = 0, unfound = 0,
           atStart = 0, bytes = 0, pages = 0;
  uint64_t lookUps = countLoaderLookUps(closure, options.bindNow);
  for (auto [index, cost] : enumerate(costs)) {
    if (!isAtStart(index))
      continue;
    ++atStart;
    lookUps += cost.scenarios.front().lookUps + cost.ofResolvers;
    cached += cost.scenarios.front().cached;
    relative += cost.relative;
    bytes += cost.scenarios.front().tableBytes;
    pages += cost.scenarios.front().pages;
    later += cost.later;
    asked += cost.asked;
    unfound += cost.unfound;
  }
  out.addFact("machine", "machine", closure.target->name.str());
  out.addFact("interpreter", "loader",
              closure.interpreter.empty() ? Value()
                                          : Value(closure.interpreter));
  out.addFact("libraries", "files that are loaded", atStart, Unit::Count);
  out.addFact("opened_later", "files that are opened later",
              uint64_t(closure.libraries.size()) - atStart, Unit::Count);
  out.addFact("look_ups", "look-ups before main", lookUps, Unit::Count);
  out.addFact("look_ups_cached", "answered by the loader's cache", cached,
              Unit::Count);
  out.addFact("relative_relocations", "relative relocations", relative,
              Unit::Count);
  out.addFact("relocation_bytes", "bytes of relocations", bytes, Unit::Bytes);
  out.addFact("dirty_pages", "pages that relocations write to", pages,
              Unit::Pages);
  out.addFact("look_ups_later", "look-ups that wait for a first call", later,
              Unit::Count);
  out.addFact("libraries_asked", "libraries asked by all look-ups", asked,
              Unit::Count);
  out.addFact("unfound", "look-ups that nobody can answer", unfound,
              Unit::Count);
}

void Reporter::addLibraries() {
  Table table = {"libraries",
                 "Libraries",
                 {{"library", "library"},
                  {"found_by", "found by"},
                  {"opened", "opened"},
                  {"look_ups", "look-ups", Unit::Count},
                  {"vtable_functions", "vtables", Unit::Count},
                  {"plt", "PLT", Unit::Count},
                  {"got", "GOT", Unit::Count},
                  {"other", "other", Unit::Count},
                  {"cached", "cached", Unit::Count},
                  {"later", "later", Unit::Count},
                  {"asked", "asked", Unit::Count},
                  {"answers", "answers", Unit::Count},
                  {"bind_now", "now"},
                  {"pages", "pages", Unit::Pages},
                  {"table_bytes", "relocations, bytes", Unit::Bytes}},
                 {},
                 Chart{0, {4, 5, 6, 7}},
                 false,
                 3,
                 kMostLibraries};
  std::vector<uint64_t> answers(closure.libraries.size());
  for (const LibraryCosts &cost : costs)
    for (auto [sum, number] : zip_equal(answers, cost.providers))
      sum += number;
  const auto of = [](const LibraryCosts &cost, Cause cause) {
    return cost.byCause[static_cast<unsigned>(cause)];
  };
  for (auto [index, library, cost] : enumerate(closure.libraries, costs)) {
    const uint64_t lookUps = cost.scenarios.front().lookUps;
    const uint64_t vtables = of(cost, Cause::VTableFunction);
    const uint64_t plt = of(cost, Cause::JumpSlotEager);
    const uint64_t got = of(cost, Cause::GlobDat);
    table.addRow(
        {nameOf(library), describe(library.foundBy).str(),
         std::string(library.group ? "later" : "at start"), lookUps, vtables,
         plt, got, lookUps - vtables - plt - got, cost.scenarios.front().cached,
         cost.later, cost.asked, answers[index], library.image.isBindNow,
         cost.scenarios.front().pages, cost.scenarios.front().tableBytes});
  }
  out.tables.push_back(std::move(table));
}

void Reporter::addCauses() {
  Table table = {"causes",
                 "Look-ups before main, by cause",
                 {{"cause", "for"},
                  {"look_ups", "look-ups", Unit::Count},
                  {"cached", "cached", Unit::Count},
                  {"share", "share", Unit::Percent}},
                 {},
                 Chart{0, {1}},
                 false,
                 1};
  uint64_t sums[kCauses] = {}, cached[kCauses] = {}, all = 0;
  for (auto [index, cost] : enumerate(costs))
    if (isAtStart(index))
      for (unsigned cause = 0; cause < kCauses; ++cause) {
        sums[cause] += cost.byCause[cause];
        cached[cause] += cost.cachedByCause[cause];
        all += cost.byCause[cause];
      }
  for (unsigned cause = 0; cause < kCauses; ++cause)
    if (sums[cause] || cached[cause])
      table.addRow({describe(static_cast<Cause>(cause)).str(), sums[cause],
                    cached[cause], all ? 100.0 * sums[cause] / all : 0.0});
  out.tables.push_back(std::move(table));
}

void Reporter::addDepths() {
  Table table = {
      "depths",
      "How many libraries a look-up asks",
      {{"libraries", "libraries"}, {"look_ups", "look-ups", Unit::Count}},
      {},
      Chart{0, {1}},
      false};
  std::vector<uint64_t> depths;
  for (auto [index, cost] : enumerate(costs)) {
    if (!isAtStart(index))
      continue;
    depths.resize(std::max(depths.size(), cost.depths.size()));
    for (auto [depth, number] : enumerate(cost.depths))
      depths[depth] += number;
  }
  // In steps that double.
  for (size_t begin = 1; begin < depths.size(); begin *= 2) {
    const size_t end = std::min(begin * 2, depths.size());
    uint64_t sum = 0;
    for (size_t depth = begin; depth < end; ++depth)
      sum += depths[depth];
    table.addRow({begin + 1 == end ? formatv("{0}", begin).str()
                                   : formatv("{0}-{1}", begin, end - 1).str(),
                  sum});
  }
  out.tables.push_back(std::move(table));
}

void Reporter::addFiles() {
  Table table = {"files",
                 "Files",
                 {{"path", "file"},
                  {"library", "library"},
                  {"found_by", "found by"},
                  {"loaded_by", "loaded by"},
                  {"opened", "opened"}},
                 {},
                 {},
                 true};
  for (auto [index, library] : enumerate(closure.libraries))
    table.addRow(
        {library.path, nameOf(library), describe(library.foundBy).str(),
         index ? Value(nameOf(closure.libraries[library.loader])) : Value(),
         std::string(library.group ? "later" : "at start")});
  out.tables.push_back(std::move(table));
}

void Reporter::addMissing() {
  Table table = {"missing",
                 "Libraries that were not found",
                 {{"library", "library"},
                  {"needed_by", "needed by"},
                  {"opened", "opened"}},
                 {},
                 {},
                 false};
  for (const MissingLibrary &missing : closure.missing) {
    const std::string by = nameOf(closure.libraries[missing.neededBy]);
    table.addRow({missing.name, by, std::string("at start")});
    out.warnings.push_back(
        formatv("{0}, which {1} needs, was not found", missing.name, by));
  }
  for (const MissingLibrary &missing : closure.missingPlugins)
    table.addRow({missing.name, nameOf(closure.libraries[missing.neededBy]),
                  std::string("later")});
  out.tables.push_back(std::move(table));
  for (auto [index, library, cost] : enumerate(closure.libraries, costs)) {
    const auto warn = [&, path = library.path](StringRef problem) {
      if (!problem.empty())
        out.warnings.push_back((path + ": " + problem).str());
    };
    warn(library.unreadable);
    warn(cost.problem);
    if (closure.providers.isTooSlow(index))
      warn("its symbols take too long to look up");
  }
}

void Reporter::addLookUps() {
  Table table = {"look_ups",
                 "Look-ups",
                 {{"library", "library"},
                  {"symbol", "symbol"},
                  {"version", "version"},
                  {"cause", "for"},
                  {"provider", "who has it"},
                  {"depth", "asked", Unit::Count}},
                 {},
                 {},
                 true};
  for (LibraryCosts &cost : costs)
    append_range(table.rows, std::move(cost.rows));
  out.tables.push_back(std::move(table));
}

void Reporter::addRemarks() {
  append_range(out.remarks, whatIfRemarks(total));
  if (closure.loader.isMusl())
    out.remarks.push_back(
        "musl's loader binds nothing late and looks the symbol "
        "of each relocation up");
  for (const Library &library : closure.libraries)
    for (const std::string &remark : oddities(library.image))
      out.remarks.push_back(library.path + ": " + remark);
}

Document Reporter::run() {
  costs.resize(closure.libraries.size());
  parallelFor(0, closure.libraries.size(),
              [&](size_t library) { addUpOrSay(library); });
  total.resize(scenarios().size());
  for (auto [index, cost] : enumerate(costs))
    if (isAtStart(index))
      for (auto [sum, part] : zip_equal(total, cost.scenarios))
        sum += part;

  out.kind = "closure";
  addFacts();
  addCauses();
  addLibraries();
  addDepths();
  out.tables.push_back(whatIfTable(total));
  addAddresses(closure, out);
  addFiles();
  addMissing();
  if (options.lookUps)
    addLookUps();
  addRemarks();
  std::vector<Costs> today;
  for (const LibraryCosts &cost : costs)
    today.push_back(cost.scenarios.front());
  addPrebound(start, today, options.bindNow, out);
  return std::move(out);
}

Expected<Document> reportClosure(StringRef path,
                                 const ClosureOptions &options) {
  ClosureRequest request;
  request.program = path.str();
  request.sysroot = options.sysroot;
  request.libraryPath = options.libraryPath;
  request.preload = options.preload;
  request.plugins = options.plugins;
  request.dlopenNotes = options.dlopenNotes;
  Expected<ResolvedClosure> closure = resolveClosure(request);
  if (!closure)
    return closure.takeError();
  std::optional<ResolvedClosure> start;
  if (closure->scopes.size() > 1) {
    request.plugins.clear();
    request.dlopenNotes = false;
    Expected<ResolvedClosure> loaded = resolveClosure(request);
    if (!loaded)
      return loaded.takeError();
    start.emplace(std::move(*loaded));
  }
  Document document =
      Reporter(*closure, start ? *start : *closure, options).run();
  document.name = path.str();
  return document;
}

} // namespace objprelink
