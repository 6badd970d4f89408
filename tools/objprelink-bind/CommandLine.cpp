#include "CommandLine.h"
#include "Binding/TableStore.h"
#include "Runtime/Name.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Option/Arg.h"
#include "llvm/Option/ArgList.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace llvm::opt;

namespace objprelink {

#include "OptionTable.inc"

static Error readRoot(const InputArgList &args, CommandLine &out) {
  if (!args.hasArg(OPT_root_eq))
    return Error::success();
  const std::string name = args.getLastArgValue(OPT_root_eq).str();
  SmallString<128> root;
  if (const std::error_code ec = sys::fs::real_path(name, root))
    return error("{0}: {1}", name, ec.message());
  out.root = root.str().str();
  using Action = CommandLine::Action;
  if (out.action == Action::Verify || out.action == Action::Refresh)
    return error("--root excludes --verify and --refresh, for which programs "
                 "are run");
  return Error::success();
}

static Error readFolder(const InputArgList &args, CommandLine &out) {
  if (!out.root.empty() && !args.hasArg(OPT_folder_eq)) {
    out.folder = out.root + PREBOUND_SYSTEM_FOLDER;
    return Error::success();
  }
  if (!args.hasArg(OPT_folder_eq)) {
    Expected<std::string> folder = defaultTableFolder();
    if (!folder)
      return folder.takeError();
    out.folder = std::move(*folder);
    return Error::success();
  }
  SmallString<128> folder = args.getLastArgValue(OPT_folder_eq);
  if (folder.empty())
    return error("--output needs a folder");
  // A program that is started by the table may be in another folder.
  if (const std::error_code ec = sys::fs::make_absolute(folder))
    return error("{0}: {1}", folder, ec.message());
  out.folder = folder.str().str();
  return Error::success();
}

static Error readPlugins(const InputArgList &args, CommandLine &out) {
  const StringRef which = args.getLastArgValue(OPT_plugins_eq, "recorded");
  out.plugins = StringSwitch<PluginChoice>(which)
                    .Case("none", PluginChoice::None)
                    .Case("notes", PluginChoice::Notes)
                    .Default(PluginChoice::Recorded);
  for (const std::string &file : args.getAllArgValues(OPT_plugin_eq)) {
    SmallString<128> path = StringRef(file);
    if (const std::error_code ec = sys::fs::make_absolute(path))
      return error("{0}: {1}", file, ec.message());
    out.pluginFiles.push_back(path.str().str());
  }
  return Error::success();
}

static Expected<CommandLine> read(const InputArgList &args) {
  using Action = CommandLine::Action;
  CommandLine out;
  const std::pair<OptSpecifier, Action> actions[] = {
      {OPT_status, Action::Status},
      {OPT_refresh, Action::Refresh},
      {OPT_verify, Action::Verify},
      {OPT_remove, Action::Remove},
      {OPT_print, Action::Print}};
  unsigned count = 0;
  for (const auto &[option, action] : actions)
    if (args.hasArg(option)) {
      out.action = action;
      ++count;
    }
  if (count > 1)
    return error("--status, --refresh, --verify, --remove and --print exclude "
                 "each other");
  out.programs = args.getAllArgValues(OPT_INPUT);
  if (out.programs.empty() && out.action != Action::Status &&
      out.action != Action::Refresh)
    return error("no programs");
  out.dryRun = args.hasArg(OPT_dry_run);
  if (out.dryRun && out.action != Action::Bind && out.action != Action::Refresh)
    return error("--dry-run is for making tables");
  out.verbose = args.hasArg(OPT_verbose);
  out.quiet = args.hasArg(OPT_quiet);
  if (Error e = readRoot(args, out))
    return e;
  if (Error e = readFolder(args, out))
    return e;
  if (Error e = readPlugins(args, out))
    return e;
  out.carrier =
      StringSwitch<CarrierChoice>(args.getLastArgValue(OPT_carrier_eq, "auto"))
          .Case("audit", CarrierChoice::Audit)
          .Case("preload", CarrierChoice::Preload)
          .Default(CarrierChoice::Auto);
  return out;
}

int runCommandLine(const Tool &tool, int argc, char **argv,
                   function_ref<int(const CommandLine &)> act) {
  Options options;
  return tool.run(
      options, ArrayRef<const char *>(argv + 1, argc - 1),
      "[options] <program>...",
      "make the look-ups of programs' starts beforehand, for "
      "objprelink-start\n\n"
      "examples:\n"
      "  objprelink-bind kate           make a table of the start of kate\n"
      "  objprelink-start kate          start kate by it\n"
      "  objprelink-bind --status       say which tables would be used\n",
      [&](const InputArgList &args) {
        Expected<CommandLine> commandLine = read(args);
        return commandLine ? act(*commandLine)
                           : tool.usageError(commandLine.takeError());
      });
}

} // namespace objprelink
