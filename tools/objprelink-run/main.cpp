//===- main.cpp - objprelink-run ------------------------------------------===//
//
// Runs a build so that its links go through ld.objprelink, without touching it:
// it prepares an environment in which that is the linker that everything finds,
// waits, and says what the links came to.
//
//===----------------------------------------------------------------------===//

#include "CommandLine.h"
#include "Environment.h"
#include "LinkLog.h"
#include "Process.h"
#include "Support/Diagnostics.h"
#include "Workspace.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace objprelink;

/// Exit statuses besides the command's, as the manual states them.
enum Status { Done = 0, Usage = 2, Failed = 125 };

static void printErrors(StringRef program, Error e) {
  handleAllErrors(std::move(e), [&](const ErrorInfoBase &info) {
    errs() << program << ": error: " << info.message() << "\n";
  });
}

/// Appends with one write, as links do: others may append at the same time.
static Error appendTo(StringRef path, StringRef text) {
  if (path.empty() || text.empty())
    return Error::success();
  int fd;
  if (std::error_code e = sys::fs::openFileForWrite(
          path, fd, sys::fs::CD_OpenAlways, sys::fs::OF_Append))
    return error("{0}: {1}", path, e.message());
  raw_fd_ostream out(fd, /*shouldClose=*/true, /*unbuffered=*/true);
  out << text;
  if (std::error_code e = out.error()) {
    out.clear_error();
    return error("{0}: {1}", path, e.message());
  }
  return Error::success();
}

static Error report(StringRef program, const Config &config, const Logs &logs) {
  LinkLog log;
  Error e = log.read(logs.links, logs.start, /*caught=*/false);
  e = joinErrors(std::move(e), log.read(logs.caught, 0, /*caught=*/true));
  if (logs.keepCaught)
    e = joinErrors(std::move(e), appendTo(logs.links, log.text(true)));
  e = joinErrors(std::move(e), appendTo(logs.outer, log.text(false)));
  if (config.verbose)
    log.printLinks(errs(), program);
  if (!config.quiet) {
    log.printSummary(errs(), program, config.preload);
    if (!config.verbose)
      log.printRefused(errs(), program);
  }
  return e;
}

static Expected<int> run(StringRef program, const CommandLine &commandLine) {
  const Config &config = commandLine.config;
  Workspace workspace;
  Expected<Logs> logs = prepareEnvironment(config, workspace);
  if (!logs)
    return logs.takeError();
  Expected<Ending> ending = runCommand(commandLine.command);
  if (!ending)
    return ending.takeError();
  if (ending->startError) {
    errs() << program << ": error: " << commandLine.command[0] << ": "
           << sys::StrError(ending->startError) << "\n";
    return ending->status;
  }
  // What cannot be reported does not make the build a failure.
  if (Error e = report(program, config, *logs))
    printErrors(program, std::move(e));
  return ending->status;
}

int main(int argc, char **argv) {
  const StringRef program = sys::path::filename(argv[0]);
  Expected<CommandLine> commandLine = parseCommandLine(argc, argv);
  if (!commandLine) {
    printErrors(program, commandLine.takeError());
    errs() << "Try '" << program << " --help'.\n";
    return Usage;
  }
  switch (commandLine->action) {
  case CommandLine::Action::Help:
    printHelp(program);
    return Done;
  case CommandLine::Action::Version:
    outs() << "objprelink " OBJPRELINK_VERSION " (LLVM " LLVM_VERSION_STRING
              ")\n";
    return Done;
  case CommandLine::Action::Run:
    Expected<int> status = run(program, *commandLine);
    if (status)
      return *status;
    printErrors(program, status.takeError());
    return Failed;
  }
}
