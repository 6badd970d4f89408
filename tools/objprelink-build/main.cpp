//===- main.cpp - objprelink-build ----------------------------------------===//
//
// Runs a build so that its links go through ld.objprelink, without touching it:
// it prepares an environment in which that is the linker that everything finds,
// waits, and says what the links came to.
//
//===----------------------------------------------------------------------===//

#include "CommandLine.h"
#include "Environment.h"
#include "LinkLog.h"
#include "Process/Command.h"
#include "Support/Diagnostics.h"
#include "Workspace.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace objprelink;

/// The exit status, besides the command's, of what failed here.
static constexpr int kFailed = 125;

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

static Error report(const Tool &tool, const BuildConfig &config,
                    const Logs &logs) {
  LinkLog log;
  Error e = log.read(logs.links, logs.start, /*caught=*/false);
  e = joinErrors(std::move(e), log.read(logs.caught, 0, /*caught=*/true));
  if (logs.keepCaught)
    e = joinErrors(std::move(e), appendTo(logs.links, log.text(true)));
  e = joinErrors(std::move(e), appendTo(logs.outer, log.text(false)));
  if (config.verbose)
    log.printLinks(errs(), tool.name);
  if (!config.quiet) {
    log.printSummary(errs(), tool.name, config.preload);
    if (!config.verbose)
      log.printRefused(errs(), tool.name);
  }
  return e;
}

static Expected<int> run(const Tool &tool, const CommandLine &commandLine) {
  const BuildConfig &config = commandLine.config;
  Workspace workspace;
  Expected<Logs> logs = prepareEnvironment(config, workspace);
  if (!logs)
    return logs.takeError();
  Expected<Ending> ending = runCommand(commandLine.command);
  if (!ending)
    return ending.takeError();
  if (ending->startError) {
    tool.printErrors(error("{0}: {1}", commandLine.command[0],
                           sys::StrError(ending->startError)));
    return ending->status;
  }
  // What cannot be reported does not make the build a failure.
  if (Error e = report(tool, config, *logs))
    tool.printErrors(std::move(e));
  return ending->status;
}

int main(int argc, char **argv) {
  const Tool tool(argv[0], kFailed);
  return runCommandLine(tool, argc, argv, [&](const CommandLine &commandLine) {
    Expected<int> status = run(tool, commandLine);
    if (status)
      return *status;
    tool.printErrors(status.takeError());
    return kFailed;
  });
}
