//===- main.cpp - objprelink1 and objprelink2 -----------------------------===//

#include "CommandLine.h"
#include "Driver/AddressSet.h"
#include "Driver/RewriteFile.h"
#include "Support/Diagnostics.h"
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

static Status run(const Tool &tool, const CommandLine &commandLine) {
  const Config &config = commandLine.config;
  sayIdle(tool, commandLine);
  parallel::strategy = hardware_concurrency(config.jobs);

  std::vector<Result> results(commandLine.files.size());
  std::vector<SetMember> set;
  if (commandLine.isSet && commandLine.action == CommandLine::Action::Rewrite)
    set = addressesOf(commandLine.files, config);
  const auto work = [&](size_t i) {
    const StringRef file = commandLine.files[i];
    Diagnostics &diagnostics = results[i].diagnostics;
    Config own = config;
    if (!set.empty()) {
      own.preferredBase = set[i].base;
      own.prerelocate = set[i].base.has_value();
      if (!set[i].reason.empty() && !config.quiet)
        diagnostics.note(": no address of its own: " + set[i].reason);
    }
    results[i].error = commandLine.action == CommandLine::Action::Undo
                           ? undoFile(file, config, diagnostics)
                           : rewriteFile(file, own, diagnostics);
  };
  // One file leaves the threads to the members of an archive.
  if (results.size() == 1)
    work(0);
  else
    parallelFor(0, results.size(), work);

  Status status = Done;
  for (auto [file, result] : zip_equal(commandLine.files, results))
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
