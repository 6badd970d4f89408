//===- main.cpp - objprelink1 and objprelink2 -----------------------------===//

#include "CommandLine.h"
#include "Driver/AddressSet.h"
#include "Driver/OldImage.h"
#include "Driver/RewriteFile.h"
#include "Driver/SetFiles.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Parallel.h"
#include "llvm/Support/raw_ostream.h"
#include <malloc.h>

using namespace llvm;
using namespace objprelink;

/// Exit statuses, as the manual states them; Tool has that of wrong arguments.
enum Status { Done = 0, Refused = 1 };

namespace {
struct Result {
  Diagnostics diagnostics;
  Error error = Error::success();
};
} // namespace

/// Prints what came of one file. Returns its status.
static Status report(const Tool &tool, StringRef file, const Config &config,
                     Result &result) {
  const bool writesToStdout =
      config.output.empty() ? file == "-" : config.output == "-";
  raw_ostream &notes = writesToStdout ? errs() : outs();
  for (const std::string &line : result.diagnostics.notes)
    notes << visible((file + line).str()) << "\n";
  for (const std::string &loss : result.diagnostics.losses)
    notes << "security: " << visible((file + loss).str()) << "\n";
  if (!config.quiet)
    for (const std::string &message : result.diagnostics.warnings)
      tool.warn(file + message);
  if (!result.error)
    return Done;
  tool.printErrors(std::move(result.error), file + ": ");
  return Refused;
}

static void sayIdle(const Tool &tool, const CommandLine &commandLine) {
  if (!commandLine.config.quiet)
    for (const std::string &option : commandLine.idle)
      tool.warn(option);
}

namespace {
/// The files of a run.
struct RunFiles {
  std::vector<std::string> files;
  /// Programs of a set that are not rewritten.
  std::vector<std::string> others;
};
} // namespace

/// Those of the command line, and those of its sets.
static Expected<RunFiles> filesOf(const CommandLine &commandLine) {
  RunFiles out;
  out.files = commandLine.files;
  if (!commandLine.isSet)
    return out;
  const bool isUndo = commandLine.action == CommandLine::Action::Undo;
  for (const std::string &name : commandLine.sets) {
    Expected<std::vector<std::string>> its = filesOfSet(name);
    if (!its)
      return its.takeError();
    for (std::string &file : *its)
      if (isAtFixedAddresses(file))
        out.others.push_back(std::move(file));
      // Of a set, what is as it was stays so.
      else if (!isUndo || isRewritten(file))
        out.files.push_back(std::move(file));
  }
  append_range(out.files, commandLine.plugins);
  out.files = withoutTwins(out.files);
  return out;
}

/// Chooses the addresses of a set, and prints who may be loaded with whom.
static Expected<std::vector<SetMember>>
chooseAddresses(const CommandLine &commandLine, const RunFiles &files) {
  const Config &config = commandLine.config;
  Expected<AddressSet> set =
      planAddresses({.files = files.files,
                     .others = files.others,
                     .plugins = commandLine.plugins,
                     .pluginsFrom = commandLine.pluginsFrom,
                     .redraws = commandLine.redraws},
                    config);
  if (!set)
    return set.takeError();
  if (config.verbose)
    for (const std::string &line : set->lines)
      (config.output == "-" ? errs() : outs()) << visible(line) << "\n";
  return std::move(set->members);
}

static Status run(const Tool &tool, const CommandLine &commandLine) {
  const Config &config = commandLine.config;
  sayIdle(tool, commandLine);
  parallel::strategy = hardware_concurrency(config.jobs);
  const auto refuse = [&](Error e) {
    tool.printErrors(std::move(e));
    return Refused;
  };
  Expected<RunFiles> found = filesOf(commandLine);
  if (!found)
    return refuse(found.takeError());
  const std::vector<std::string> &files = found->files;
  if (!config.output.empty() && files.size() > 1)
    return refuse(error("-o takes one input, not {0}", files.size()));

  std::vector<Result> results(files.size());
  std::vector<SetMember> set;
  if (commandLine.isSet && commandLine.action == CommandLine::Action::Rewrite) {
    Expected<std::vector<SetMember>> chosen =
        chooseAddresses(commandLine, *found);
    if (!chosen)
      return refuse(chosen.takeError());
    set = std::move(*chosen);
  }
  const auto work = [&](size_t i) {
    const StringRef file = files[i];
    Diagnostics &diagnostics = results[i].diagnostics;
    Config own = config;
    if (!set.empty()) {
      own.preferredBase = set[i].base;
      own.prerelocate = set[i].base.has_value();
      if (!set[i].reason.empty() && !config.quiet)
        diagnostics.note(": no address of its own: " + set[i].reason);
    }
    results[i].error =
        commandLine.action == CommandLine::Action::Undo
            ? undoFile(file, UndoOf::Rewrite, config, diagnostics)
            : rewriteFile(file, own, diagnostics,
                          commandLine.redraws && own.prerelocate);
  };
  // One file leaves the threads to the members of an archive.
  if (results.size() == 1)
    work(0);
  else
    parallelFor(0, results.size(), work);

  Status status = Done;
  for (auto [file, result] : zip_equal(files, results))
    status = std::max(status, report(tool, file, config, result));
  return status;
}

static Status verify(const Tool &tool, const CommandLine &commandLine) {
  sayIdle(tool, commandLine);
  const StringRef before = commandLine.files[0], after = commandLine.files[1];
  if (Error e = verifyFiles(before, after)) {
    tool.printErrors(std::move(e));
    return Refused;
  }
  if (!commandLine.config.quiet)
    outs() << visible((after + ": does what " + before + " does").str())
           << "\n";
  return Done;
}

int main(int argc, char **argv) {
  // The tables of a large object are allocated and freed several times over;
  // handing them back to the kernel in between would have it zero them anew.
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  const Tool tool(argv[0]);
  return runCommandLine(tool, argc, argv, [&](const CommandLine &commandLine) {
    return commandLine.action == CommandLine::Action::Verify
               ? verify(tool, commandLine)
               : run(tool, commandLine);
  });
}
