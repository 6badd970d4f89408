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
  unsigned failures = 0;
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
  void addTimes();
  void addCounts();

  const RunOptions &options;
  Interruptible signals;
  std::vector<Arm> arms;
  Document out;
  /// The facts and tables of the first arm's memory.
  Document memory;
};
} // namespace

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
  if (result->status)
    warnOfFailure(arm, result->status, command.errorFile);
  if (result->status && !arm.command.launcher.empty())
    return error("{0}", out.warnings.back());
  // Of all processes that there were, ours.
  const ErrorOr<std::unique_ptr<MemoryBuffer>> file =
      MemoryBuffer::getFile(prefix + "." + itostr(result->pid));
  if (file)
    arm.statistics = parseLoaderStatistics((*file)->getBuffer());
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
  for (const Arm &arm : arms)
    if (arm.failures)
      out.warnings.push_back(
          formatv("{0} of {1} runs that were timed have "
                  "failed{2}",
                  arm.failures, options.runs,
                  arms.size() > 1 ? " with " + arm.name : ""));
  return Error::success();
}

static double median(std::vector<double> values) {
  llvm::sort(values);
  const size_t middle = values.size() / 2;
  return values.size() % 2 ? values[middle]
                           : (values[middle - 1] + values[middle]) / 2;
}

/// The median of the distances to the median: it does not mind a few runs that
/// something else was in the way of.
static double spread(const std::vector<double> &values) {
  const double middle = median(values);
  std::vector<double> distances;
  for (const double value : values)
    distances.push_back(std::fabs(value - middle));
  return median(distances);
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
    // Of runs that were neighbours, so that a drift is in both.
    std::vector<double> ratios;
    for (auto [time, plain] : zip_equal(arm.milliseconds, arms[0].milliseconds))
      ratios.push_back(plain > 0 ? time / plain : 1);
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
    if (Error e = readStatistics(arm, *folder, isFirst))
      return e;
    if (Error e = readMemory(arm, isFirst))
      return e;
  }
  if (Error e = takeTimes())
    return e;
  sayProgress("");
  addLoaderFacts();
  out.facts.insert(out.facts.end(), memory.facts.begin(), memory.facts.end());
  addTimes();
  addCounts();
  out.tables.insert(out.tables.end(), memory.tables.begin(),
                    memory.tables.end());
  return std::move(out);
}

Expected<Document> reportRun(const RunOptions &options) {
  return Run(options).report();
}

} // namespace objprelink
