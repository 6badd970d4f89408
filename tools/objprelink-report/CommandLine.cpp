#include "CommandLine.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Option/Arg.h"
#include "llvm/Option/ArgList.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include <sys/ioctl.h>
#include <unistd.h>

using namespace llvm;
using namespace llvm::opt;

namespace objprelink {

#include "OptionTable.inc"

static std::string environment(const char *name) {
  return sys::Process::GetEnv(name).value_or("");
}

static void readClosureOptions(const InputArgList &args,
                               ClosureOptions &options) {
  options.sysroot = args.getLastArgValue(OPT_sysroot_eq);
  const bool isHost = options.sysroot.empty();
  options.libraryPath = args.getLastArgValue(OPT_library_path_eq);
  if (!args.hasArg(OPT_library_path_eq) && isHost)
    options.libraryPath = environment("LD_LIBRARY_PATH");
  options.preload = args.getLastArgValue(OPT_preload_eq);
  if (!args.hasArg(OPT_preload_eq) && isHost)
    options.preload = environment("LD_PRELOAD");
  options.plugins = args.getAllArgValues(OPT_plugin_eq);
  options.dlopenNotes = !args.hasArg(OPT_no_dlopen_notes);
  options.bindNow = args.hasArg(OPT_bind_now);
  options.lookUps = args.hasArg(OPT_look_ups);
}

static Error readNumber(const InputArgList &args, OptSpecifier id,
                        auto &number) {
  const Arg *arg = args.getLastArg(id);
  if (arg && (StringRef(arg->getValue()).getAsInteger(10, number) || !number))
    return error("{0} is not a positive number", arg->getAsString(args));
  return Error::success();
}

/// What standard output is decides about colours: NO_COLOR (no-color.org) and
/// a terminal that has none, too.
static void readColor(const InputArgList &args, CommandLine &out) {
  const StringRef when = args.getLastArgValue(OPT_color_eq, "auto");
  out.text.color = when == "always" || (when == "auto" && out.output == "-" &&
                                        environment("NO_COLOR").empty() &&
                                        sys::Process::StandardOutHasColors());
}

/// The columns of the terminal that standard output is; 0 where it is none.
static unsigned terminalWidth() {
  struct winsize size = {};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) ? 0 : size.ws_col;
}

static Error readGate(const InputArgList &args, CommandLine &out) {
  for (const std::string &text : args.getAllArgValues(OPT_max_eq)) {
    Expected<Limit> limit = parseLimit(text);
    if (!limit)
      return limit.takeError();
    if (limit->isGrowth && !out.compares)
      return error("--max={0} needs --diff: growth is counted from a baseline",
                   text);
    out.limits.push_back(std::move(*limit));
  }
  out.expectRewritten = args.hasArg(OPT_expect_rewritten);
  if (out.expectRewritten && out.action != CommandLine::Action::Files)
    return error("--expect-rewritten is for files and folders");
  // Who asks for a verdict reads no more than that.
  out.text.summaryOnly =
      (out.expectRewritten || !out.limits.empty()) && !out.text.details;
  out.text.summaryLast = out.action == CommandLine::Action::Run;
  return Error::success();
}

static Error readFormat(const InputArgList &args, CommandLine &out) {
  using Format = CommandLine::Format;
  const StringRef name = args.getLastArgValue(OPT_format_eq, "text");
  out.format = StringSwitch<Format>(name)
                   .Case("json", Format::Json)
                   .Case("csv", Format::Csv)
                   .Case("html", Format::Html)
                   .Default(Format::Text);
  out.table = args.getLastArgValue(OPT_table_eq);
  if (!out.table.empty() && out.format != Format::Csv)
    return error("--table is for --format=csv");
  out.output = args.getLastArgValue(OPT_output, "-");
  if (out.output.empty())
    return error("-o needs a file name");
  out.text.details = args.hasArg(OPT_verbose) || args.hasArg(OPT_look_ups);
  out.text.width = out.output == "-" ? terminalWidth() : 0;
  readColor(args, out);
  return Error::success();
}

static Error readAction(const InputArgList &args, CommandLine &out) {
  using Action = CommandLine::Action;
  const Arg *action = args.getLastArg(OPT_closure, OPT_run, OPT_process_eq);
  const unsigned actions = args.hasArg(OPT_closure) + args.hasArg(OPT_run) +
                           args.hasArg(OPT_process_eq);
  if (actions > 1)
    return error("--closure, --run and --process exclude each other");
  out.files = args.getAllArgValues(OPT_INPUT);
  out.compares = args.hasArg(OPT_diff);
  if (args.hasArg(OPT_closure))
    out.action = Action::Closures;
  if (!action || args.hasArg(OPT_closure)) {
    if (out.files.empty())
      return error("no input files");
    if (out.compares && out.files.size() != 2)
      return error("--diff takes two files, not {0}", out.files.size());
    return Error::success();
  }
  if (out.compares)
    return error("--diff is for files and for --closure");
  if (!out.files.empty())
    return error("{0} takes no file", action->getSpelling());
  if (args.hasArg(OPT_run)) {
    out.action = Action::Run;
    out.run.command.assign(action->getValues().begin(),
                           action->getValues().end());
    return out.run.command.empty() ? error("--run needs a program")
                                   : Error::success();
  }
  out.action = Action::Process;
  return readNumber(args, OPT_process_eq, out.pid);
}

/// Options that would say nothing are more likely a mistake than a wish.
static Error checkScope(const InputArgList &args, const CommandLine &out) {
  using Action = CommandLine::Action;
  if (out.action != Action::Closures)
    if (const Arg *arg = args.getLastArg(
            OPT_sysroot_eq, OPT_library_path_eq, OPT_preload_eq, OPT_plugin_eq,
            OPT_no_dlopen_notes, OPT_bind_now, OPT_look_ups))
      return error("{0} is for --closure", arg->getSpelling());
  if (out.action != Action::Run)
    if (const Arg *arg = args.getLastArg(OPT_against_eq, OPT_runs_eq))
      return error("{0} is for --run", arg->getSpelling());
  return Error::success();
}

static Expected<CommandLine> read(const InputArgList &args) {
  CommandLine out;
  if (Error e = readAction(args, out))
    return e;
  if (Error e = readFormat(args, out))
    return e;
  if (Error e = readGate(args, out))
    return e;
  if (Error e = checkScope(args, out))
    return e;
  readClosureOptions(args, out.closure);
  out.run.against = args.getLastArgValue(OPT_against_eq);
  if (out.run.against == "prebound") {
    out.run.against.clear();
    const std::string self = sys::fs::getMainExecutable(nullptr, nullptr);
    out.run.launcher =
        (sys::path::parent_path(self) + "/objprelink-start").str();
  }
  out.run.progress = sys::Process::StandardErrIsDisplayed();
  if (Error e = readNumber(args, OPT_runs_eq, out.run.runs))
    return e;
  if (Error e = readNumber(args, OPT_jobs, out.jobs))
    return e;
  return out;
}

int runCommandLine(const Tool &tool, int argc, char **argv,
                   function_ref<int(const CommandLine &)> act) {
  Options options;
  return tool.run(
      options, ArrayRef<const char *>(argv + 1, argc - 1),
      "[options] <file>...",
      "say what the start of programs costs the loader, where, and what would "
      "change that\n\n"
      "examples:\n"
      "  objprelink-report libfoo.so\n"
      "  objprelink-report --closure --format=html -o kate.html kate\n"
      "  objprelink-report --against=new --run kate --version\n"
      "  objprelink-report --diff baseline.json libfoo.so --max look-ups=+0\n"
      "  objprelink-report --expect-rewritten build/lib\n",
      [&](const InputArgList &args) {
        Expected<CommandLine> commandLine = read(args);
        return commandLine ? act(*commandLine)
                           : tool.usageError(commandLine.takeError());
      });
}

} // namespace objprelink
