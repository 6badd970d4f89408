//===- main.cpp - objprelink1 and objprelink2 -----------------------------===//

#include "CommandLine.h"
#include "Driver/RewriteFile.h"
#include "Support/Diagnostics.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/Parallel.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <malloc.h>

using namespace llvm;
using namespace objprelink;

/// Exit statuses, as the manual states them.
enum Status { Done = 0, Refused = 1, Usage = 2 };

namespace {
struct Result {
  Diagnostics diagnostics;
  Error error = Error::success();
};
} // namespace

static void printErrors(StringRef program, StringRef context, Error e) {
  handleAllErrors(std::move(e), [&](const ErrorInfoBase &info) {
    errs() << program
           << ": error: " << visible((context + info.message()).str()) << "\n";
  });
}

/// Prints what came of one file. Returns its status.
static Status report(StringRef program, StringRef file, const Config &config,
                     Result &result) {
  const bool writesToStdout =
      config.output.empty() ? file == "-" : config.output == "-";
  raw_ostream &notes = writesToStdout ? errs() : outs();
  for (const std::string &line : result.diagnostics.notes)
    notes << visible((file + line).str()) << "\n";
  if (!config.quiet)
    for (const std::string &message : result.diagnostics.warnings)
      errs() << program << ": warning: " << visible((file + message).str())
             << "\n";
  if (!result.error)
    return Done;
  outs().flush();
  printErrors(program, (file + ": ").str(), std::move(result.error));
  return Refused;
}

static Status run(StringRef program, const CommandLine &commandLine) {
  const Config &config = commandLine.config;
  parallel::strategy = hardware_concurrency(config.jobs);

  std::vector<Result> results(commandLine.files.size());
  const auto work = [&](size_t i) {
    results[i].error =
        rewriteFile(commandLine.files[i], config, results[i].diagnostics);
  };
  // One file leaves the threads to the members of an archive.
  if (results.size() == 1)
    work(0);
  else
    parallelFor(0, results.size(), work);

  Status status = Done;
  for (auto [file, result] : zip_equal(commandLine.files, results))
    status = std::max(status, report(program, file, config, result));
  return status;
}

static Status verify(StringRef program, const CommandLine &commandLine) {
  const StringRef name = commandLine.files[1];
  if (Error e = verifyFiles(commandLine.files[0], name)) {
    printErrors(program, (name + ": ").str(), std::move(e));
    return Refused;
  }
  return Done;
}

static Status act(StringRef program, const CommandLine &commandLine) {
  switch (commandLine.action) {
  case CommandLine::Action::Help:
    printHelp(program);
    return Done;
  case CommandLine::Action::Version:
    outs() << "objprelink " OBJPRELINK_VERSION " (LLVM " LLVM_VERSION_STRING
              ")\n";
    return Done;
  case CommandLine::Action::Run:
    return run(program, commandLine);
  case CommandLine::Action::Verify:
    return verify(program, commandLine);
  }
  llvm_unreachable("all actions are listed");
}

/// What was to be said and could not be is a failure.
static Status flushed(StringRef program, Status status) {
  outs().flush();
  const std::error_code ec = outs().error();
  if (!ec)
    return status;
  outs().clear_error(); // Or its destructor ends the program.
  printErrors(program, "standard output: ", errorCodeToError(ec));
  return std::max(status, Refused);
}

int main(int argc, char **argv) {
  // The tables of a large object are allocated and freed several times over;
  // handing them back to the kernel in between would have it zero them anew.
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  const StringRef program = sys::path::filename(argv[0]);
  Expected<CommandLine> commandLine = parseCommandLine(argc, argv);
  if (!commandLine) {
    printErrors(program, "", commandLine.takeError());
    errs() << "Try '" << program << " --help'.\n";
    return Usage;
  }
  return flushed(program, act(program, *commandLine));
}
