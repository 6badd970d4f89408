//===- RunReport.cpp - the start of a program, measured -------------------===//
//
// Each thing is measured by runs of its own, so that none is in the way of the
// others: what the loader counts, the memory at the entry, the time. Two arms
// take turns, because the clock and the caches of a machine drift.
//
//===----------------------------------------------------------------------===//

#include "Process/LoaderStatistics.h"
#include "Process/MeasuredProcess.h"
#include "Process/ProcessMemory.h"
#include "Report/MemoryTables.h"
#include "Report/Report.h"
#include "Report/Verdict.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include <chrono>
#include <cmath>
#include <sys/wait.h>
#include <unistd.h>

using namespace llvm;

namespace objprelink {

namespace {
/// The program in one environment, and what its runs came to.
struct Arm {
  std::string name;
  Command command;
  LoaderStatistics statistics;
  std::optional<uint64_t> ownPages;
  std::vector<double> milliseconds;
  std::vector<double> instructions;
  /// Cycles of the loader and of its relocation, each of the runs that count.
  std::vector<double> loaderCycles, relocationCycles;
  unsigned failures = 0;
};

/// Where the time of an arm's middle run goes.
struct Phases {
  double total = 0;
  double relocation = 0;
  double files = 0; ///< the loader's other work: finding, mapping, checking
  double rest() const { return std::max(0.0, total - relocation - files); }
};

/// How fast the counter runs that the loader measures by (HP_TIMING_NOW).
class CycleClock {
public:
  CycleClock() : start(now()), cycles(count()) {}
  /// Since the beginning; nothing where there is no such counter.
  std::optional<double> perMillisecond() const {
    const double passed = now() - start;
    const uint64_t counted = count() - cycles;
    if (!counted || passed <= 0)
      return std::nullopt;
    return static_cast<double>(counted) / passed;
  }

private:
  static double now() {
    return std::chrono::duration<double, std::milli>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
  }
  static uint64_t count() {
#if defined(__x86_64__) || defined(__i386__)
    return __builtin_ia32_rdtsc();
#else
    return 0;
#endif
  }
  double start;
  uint64_t cycles;
};

class TemporaryFolder {
public:
  static Expected<TemporaryFolder> make() {
    SmallString<128> path;
    if (const std::error_code ec =
            sys::fs::createUniqueDirectory("objprelink-report", path))
      return error("temporary folder: {0}", ec.message());
    return TemporaryFolder(path.str().str());
  }
  TemporaryFolder(TemporaryFolder &&other) noexcept
      : path(std::exchange(other.path, {})) {}
  TemporaryFolder &operator=(TemporaryFolder &&) = delete;
  ~TemporaryFolder() {
    if (!path.empty())
      sys::fs::remove_directories(path);
  }
  std::string file(StringRef name) const { return path + "/" + name.str(); }

private:
  explicit TemporaryFolder(std::string path) : path(std::move(path)) {}
  std::string path;
};

class Run {
public:
  explicit Run(const RunOptions &options) : options(options) {}
  Expected<Document> report();

private:
  Error checkFiles() const;
  void makeArms();
  Error readStatistics(Arm &arm, const TemporaryFolder &folder, bool isFirst);
  void warnOfFailure(const Arm &arm, int status, StringRef errorFile);
  Error readMemory(Arm &arm, bool isFirst);
  Error takeTimes();
  void sayProgress(const Twine &text) const;
  void addLoaderFacts();
  std::optional<Phases> phasesOf(const Arm &arm) const;
  void addPhases();
  void addTimes();
  void addCounts();
  void summarize();

  const RunOptions &options;
  Interruptible signals;
  std::vector<Arm> arms;
  Document out;
  /// The facts and tables of the first arm's memory.
  Document memory;
  CycleClock clock;
  unsigned failures = 0;
};
} // namespace

/// How many runs the loader's clock is read in.
static constexpr unsigned kCountedRuns = 3;

/// This process's environment without \p names.
static std::vector<std::string> environmentWithout(ArrayRef<StringRef> names) {
  std::vector<std::string> out;
  for (char **entry = environ; *entry; ++entry)
    if (!is_contained(names, StringRef(*entry).split('=').first))
      out.push_back(*entry);
  return out;
}

void Run::makeArms() {
  Arm &plain = arms.emplace_back();
  plain.name = "plain";
  plain.command.arguments = options.command;
  plain.command.environment =
      environmentWithout({"LD_DEBUG", "LD_DEBUG_OUTPUT"});
  if (!options.launcher.empty()) {
    Arm prebound = plain;
    prebound.name = "prebound";
    prebound.command.launcher = options.launcher;
    prebound.command.arguments.insert(prebound.command.arguments.begin(),
                                      options.launcher);
    prebound.command.environment =
        environmentWithout({"LD_DEBUG", "LD_DEBUG_OUTPUT", "OBJPRELINK"});
    // Its runs are to end where there is no table, not to be plain ones.
    prebound.command.environment.push_back("OBJPRELINK=require");
    arms.push_back(std::move(prebound));
  }
  if (options.against.empty())
    return;
  Arm other = arms[0];
  other.name = options.against;
  const char *old = ::getenv("LD_LIBRARY_PATH");
  other.command.environment =
      environmentWithout({"LD_DEBUG", "LD_DEBUG_OUTPUT", "LD_LIBRARY_PATH"});
  other.command.environment.push_back("LD_LIBRARY_PATH=" + options.against +
                                      (old && *old ? ":" : "") +
                                      (old ? old : ""));
  arms.push_back(std::move(other));
}

void Run::sayProgress(const Twine &text) const {
  // Back to the line's beginning, and what was there goes.
  if (options.progress)
    errs() << "\r\x1b[K" << text;
}

static std::string describe(int status) {
  if (WIFSIGNALED(status))
    return formatv("was ended by signal {0} ({1})", WTERMSIG(status),
                   ::strsignal(WTERMSIG(status)));
  return formatv("has failed with status {0}", WEXITSTATUS(status));
}

/// With the last line that the program has said about it.
void Run::warnOfFailure(const Arm &arm, int status, StringRef errorFile) {
  std::string warning = arms.size() > 1 ? "with " + arm.name + ": " : "";
  warning += "the program " + describe(status);
  if (const ErrorOr<std::unique_ptr<MemoryBuffer>> said =
          MemoryBuffer::getFile(errorFile)) {
    const StringRef text = (*said)->getBuffer().rtrim();
    const StringRef last = text.substr(text.rfind('\n') + 1);
    if (!last.empty())
      warning += ": " + last.take_front(1000).str();
  }
  out.warnings.push_back(warning);
}

Error Run::readStatistics(Arm &arm, const TemporaryFolder &folder,
                          bool isFirst) {
  Command command = arm.command;
  command.environment.push_back("LD_DEBUG=statistics");
  const std::string prefix = folder.file("statistics");
  command.environment.push_back("LD_DEBUG_OUTPUT=" + prefix);
  command.errorFile = folder.file("stderr");
  Expected<RunResult> result = runToEnd(command, signals);
  if (!result)
    return result.takeError();
  if (result->status) {
    ++failures;
    warnOfFailure(arm, result->status, command.errorFile);
  }
  if (result->status && !arm.command.launcher.empty())
    return error("{0}", out.warnings.back());
  // Of all processes that there were, ours.
  const ErrorOr<std::unique_ptr<MemoryBuffer>> file =
      MemoryBuffer::getFile(prefix + "." + itostr(result->pid));
  if (file)
    arm.statistics = parseLoaderStatistics((*file)->getBuffer());
  if (arm.statistics.cycles && arm.statistics.relocationCycles) {
    arm.loaderCycles.push_back(static_cast<double>(*arm.statistics.cycles));
    arm.relocationCycles.push_back(
        static_cast<double>(*arm.statistics.relocationCycles));
  }
  if (isFirst && !arm.statistics.lookUps)
    out.warnings.push_back("the loader has counted nothing: the program is "
                           "static, privileged, or not of glibc");
  return Error::success();
}

/// Class and machine of an ELF file, empty for others.
static std::string kindOfProgram(StringRef path) {
  const ErrorOr<std::unique_ptr<MemoryBuffer>> file =
      MemoryBuffer::getFileSlice(path, sizeof(ELF::Elf64_Ehdr), 0);
  if (!file || !(*file)->getBuffer().starts_with(ELF::ElfMagic))
    return {};
  const StringRef header = (*file)->getBuffer();
  return (header.substr(ELF::EI_CLASS, 2) +
          header.substr(offsetof(ELF::Elf64_Ehdr, e_machine), 2))
      .str();
}

Error Run::readMemory(Arm &arm, bool isFirst) {
  const ErrorOr<std::string> program =
      sys::findProgramByName(options.command[0]);
  const std::string kind = kindOfProgram(program ? *program : "");
  if (!kind.empty() && kind != kindOfProgram("/proc/self/exe")) {
    if (isFirst)
      out.warnings.push_back("the memory at the start is left out: the "
                             "program is for another machine than this");
    return Error::success();
  }
  Error e =
      runToEntry(arm.command, signals, [&](pid_t pid, uint64_t entry) -> Error {
        // The breakpoint itself makes the page private.
        Expected<std::vector<FileMapping>> mappings =
            readFileMappings(pid, entry);
        if (!mappings)
          return mappings.takeError();
        uint64_t pages = 0;
        for (const FileMapping &mapping : *mappings)
          pages += mapping.ownPages.size();
        arm.ownPages = pages;
        if (isFirst)
          addMemoryTables(pid, *mappings, memory);
        return Error::success();
      });
  if (!e)
    return e;
  // Without memory there are still counts and times.
  out.warnings.push_back("the memory at the start is left out: " +
                         toString(std::move(e)));
  return Error::success();
}

Error Run::takeTimes() {
  for (unsigned run = 0; run < options.runs; ++run) {
    sayProgress("run " + Twine(run + 1) + " of " + Twine(options.runs));
    // Who goes first alternates, too.
    for (size_t i = 0; i < arms.size(); ++i) {
      Arm &arm = arms[(i + run) % arms.size()];
      Expected<RunResult> result = runToEnd(arm.command, signals);
      if (!result)
        return result.takeError();
      arm.milliseconds.push_back(result->milliseconds);
      if (result->instructions)
        arm.instructions.push_back(static_cast<double>(*result->instructions));
      arm.failures += result->status != 0;
    }
  }
  for (const Arm &arm : arms) {
    failures += arm.failures;
    if (arm.failures)
      out.warnings.push_back(
          formatv("{0} of {1} runs that were timed have "
                  "failed{2}",
                  arm.failures, options.runs,
                  arms.size() > 1 ? " with " + arm.name : ""));
  }
  return Error::success();
}

static Value toValue(std::optional<uint64_t> number) {
  return number ? Value(*number) : Value();
}

/// Look-ups that are done after the start; nothing if the end was not seen.
static Value laterLookUps(const LoaderStatistics &statistics) {
  if (!statistics.lookUps || !statistics.finalLookUps ||
      *statistics.finalLookUps < *statistics.lookUps)
    return {};
  return *statistics.finalLookUps - *statistics.lookUps;
}

void Run::addLoaderFacts() {
  const LoaderStatistics &statistics = arms[0].statistics;
  out.addFact("milliseconds", "milliseconds from exec to the end",
              median(arms[0].milliseconds), Unit::Milliseconds);
  out.addFact("failed_runs", "runs that have failed", uint64_t(failures),
              Unit::Count);
  out.addFact("look_ups", "look-ups before main", toValue(statistics.lookUps),
              Unit::Count);
  out.addFact("look_ups_cached", "answered by the loader's cache",
              toValue(statistics.cached), Unit::Count);
  out.addFact("relative_relocations", "relative relocations",
              toValue(statistics.relative), Unit::Count);
  out.addFact("look_ups_later", "look-ups later", laterLookUps(statistics),
              Unit::Count);
  out.addFact("loader_cycles", "cycles in the loader before main",
              toValue(statistics.cycles), Unit::Count);
}

/// Nothing where the loader has counted nothing.
std::optional<Phases> Run::phasesOf(const Arm &arm) const {
  const std::optional<double> rate = clock.perMillisecond();
  if (!rate || arm.loaderCycles.empty())
    return std::nullopt;
  Phases out;
  out.total = median(arm.milliseconds);
  out.relocation = median(arm.relocationCycles) / *rate;
  out.files = std::max(0.0, median(arm.loaderCycles) / *rate - out.relocation);
  return out;
}

void Run::addPhases() {
  Table table;
  table.key = "phases";
  table.title = "Where the time goes, in milliseconds";
  table.columns = {{"arm", "libraries", Unit::None},
                   {"milliseconds", "all", Unit::Milliseconds},
                   {"relocation_ms", "relocation", Unit::Milliseconds},
                   {"relocation_share", "share", Unit::Percent},
                   {"files_ms", "files", Unit::Milliseconds},
                   {"files_share", "share", Unit::Percent},
                   {"rest_ms", "the rest", Unit::Milliseconds},
                   {"rest_share", "share", Unit::Percent}};
  table.chart = Chart{0, {2, 4, 6}};
  for (const Arm &arm : arms)
    if (const std::optional<Phases> phases = phasesOf(arm)) {
      const auto share = [&](double part) {
        return phases->total > 0 ? 100 * part / phases->total : 0;
      };
      table.addRow({arm.name, phases->total, phases->relocation,
                    share(phases->relocation), phases->files,
                    share(phases->files), phases->rest(),
                    share(phases->rest())});
    }
  if (!table.rows.empty())
    out.tables.push_back(std::move(table));
}

void Run::summarize() {
  if (failures)
    out.summary.push_back(formatv("FAILED  {0} run{1}: what is measured is how "
                                  "the program fails",
                                  failures, failures == 1 ? "" : "s"));
  for (const Arm &arm : arms) {
    std::string line =
        formatv("{0}: {1:F1} ms", arm.name, median(arm.milliseconds));
    if (const std::optional<Phases> phases = phasesOf(arm)) {
      const double loader = phases->relocation + phases->files;
      line +=
          formatv(", of which the loader {0:F1} ms ({1:F0} %), {2:F1} ms for "
                  "relocation",
                  loader, 100 * loader / phases->total, phases->relocation);
    }
    if (arm.statistics.lookUps)
      line += formatv("; {0:N} look-ups", *arm.statistics.lookUps);
    if (arm.ownPages)
      line += formatv("; {0:N} private pages", *arm.ownPages);
    out.summary.push_back(line);
  }
  for (const Arm &arm : drop_begin(arms))
    out.summary.push_back(
        compareTimes(arm.name, arm.milliseconds, arms[0].milliseconds));
}

void Run::addTimes() {
  Table table;
  table.key = "times";
  table.title = "Time from exec to the end";
  table.columns = {{"arm", "libraries", Unit::None},
                   {"runs", "runs", Unit::Count},
                   {"median_ms", "median, ms", Unit::Milliseconds},
                   {"mad_ms", "spread, ms", Unit::Milliseconds},
                   {"ratio", "ratio", Unit::Ratio},
                   {"ratio_mad", "its spread", Unit::Ratio},
                   {"instructions", "instructions", Unit::Count}};
  for (const Arm &arm : arms) {
    const std::vector<double> ratios =
        ratiosOf(arm.milliseconds, arms[0].milliseconds);
    const bool isOther = &arm != &arms[0];
    table.addRow(
        {arm.name, uint64_t(arm.milliseconds.size()), median(arm.milliseconds),
         spread(arm.milliseconds), isOther ? Value(median(ratios)) : Value(),
         isOther ? Value(spread(ratios)) : Value(),
         arm.instructions.empty()
             ? Value()
             : Value(static_cast<uint64_t>(median(arm.instructions)))});
  }
  out.tables.push_back(std::move(table));
}

/// What is no time, of both arms.
void Run::addCounts() {
  if (arms.size() < 2)
    return;
  Table table;
  table.key = "counts";
  table.title = "What the loader does";
  table.columns = {{"arm", "libraries", Unit::None},
                   {"look_ups", "look-ups", Unit::Count},
                   {"look_ups_cached", "cached", Unit::Count},
                   {"relative_relocations", "relative", Unit::Count},
                   {"look_ups_later", "later", Unit::Count},
                   {"pages_private", "private pages", Unit::Pages}};
  for (const Arm &arm : arms)
    table.addRow({arm.name, toValue(arm.statistics.lookUps),
                  toValue(arm.statistics.cached),
                  toValue(arm.statistics.relative),
                  laterLookUps(arm.statistics), toValue(arm.ownPages)});
  out.tables.push_back(std::move(table));
}

Error Run::checkFiles() const {
  if (!options.against.empty() && !sys::fs::is_directory(options.against))
    return error("{0}: not a folder", options.against);
  return Error::success();
}

Expected<Document> Run::report() {
  if (Error e = checkFiles())
    return e;
  Expected<TemporaryFolder> folder = TemporaryFolder::make();
  if (!folder)
    return folder.takeError();
  out.kind = "run";
  out.name = options.command[0];
  out.addFact("command", "command", join(options.command, " "));
  makeArms();
  for (Arm &arm : arms) {
    sayProgress("counting");
    const bool isFirst = &arm == &arms[0];
    for (unsigned run = 0; run < kCountedRuns; ++run) {
      if (Error e = readStatistics(arm, *folder, isFirst && run == 0))
        return e;
      // What fails does so again.
      if (failures)
        break;
    }
    if (Error e = readMemory(arm, isFirst))
      return e;
  }
  if (Error e = takeTimes())
    return e;
  sayProgress("");
  addLoaderFacts();
  out.facts.insert(out.facts.end(), memory.facts.begin(), memory.facts.end());
  addPhases();
  addTimes();
  addCounts();
  out.tables.insert(out.tables.end(), memory.tables.begin(),
                    memory.tables.end());
  summarize();
  return std::move(out);
}

Expected<Document> reportRun(const RunOptions &options) {
  return Run(options).report();
}

} // namespace objprelink
