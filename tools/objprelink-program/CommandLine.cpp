#include "CommandLine.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Option/Arg.h"
#include "llvm/Option/ArgList.h"
#include "llvm/Support/FileSystem.h"
#include <unistd.h>

using namespace llvm;
using namespace llvm::opt;

namespace objprelink {

#include "OptionTable.inc"

using Verb = CommandLine::Verb;

/// Whether --all may stand for the programs.
static bool isForAll(Verb verb) {
  return is_contained({Verb::Refresh, Verb::Remove}, verb);
}

static Error readVerb(std::vector<std::string> words, CommandLine &out) {
  if (words.empty())
    return error("no verb: plan, add, list, check, refresh, remove, run "
                 "or undo");
  const std::optional<Verb> verb =
      StringSwitch<std::optional<Verb>>(words.front())
          .Case("plan", Verb::Plan)
          .Case("add", Verb::Add)
          .Case("list", Verb::List)
          .Case("check", Verb::Check)
          .Case("refresh", Verb::Refresh)
          .Case("remove", Verb::Remove)
          .Case("run", Verb::Run)
          .Case("undo", Verb::Undo)
          .Default(std::nullopt);
  if (!verb)
    return error("unknown verb {0}", words.front());
  out.verb = *verb;
  out.programs.assign(words.begin() + 1, words.end());
  const bool mayHaveNone =
      is_contained({Verb::List, Verb::Check, Verb::Undo}, out.verb) ||
      (isForAll(out.verb) && out.all);
  if (out.programs.empty() && !mayHaveNone)
    return error(isForAll(out.verb) ? "no programs; --all is for all"
                                    : "no programs");
  if (is_contained({Verb::List, Verb::Undo}, out.verb) && !out.programs.empty())
    return error("{0} takes no program", words.front());
  return Error::success();
}

/// What is different in an image.
static Error readRoot(const InputArgList &args, CommandLine &out) {
  const bool isImage = args.hasArg(OPT_root_eq);
  if (!isImage && out.verb == Verb::Undo)
    return error("undo is for --root; remove takes an entry away");
  if (!isImage && args.hasArg(OPT_allow_eq))
    return error("--allow is for --root: nothing is rewritten without it");
  if (!isImage)
    return Error::success();
  const std::string name = args.getLastArgValue(OPT_root_eq).str();
  SmallString<128> root;
  if (const std::error_code ec = sys::fs::real_path(name, root))
    return error("{0}: {1}", name, ec.message());
  if (root == "/")
    return error("--root is for another root than that of this machine");
  out.root = root.str().str();
  if (is_contained({Verb::Refresh, Verb::Remove, Verb::Run}, out.verb))
    return error("with --root there are plan, add, list, check and undo");
  if (out.verb == Verb::Check && !out.programs.empty())
    return error("with --root, check takes no program");
  for (const std::string &value : args.getAllArgValues(OPT_allow_eq))
    for (StringRef what : split(StringRef(value), ',')) {
      if (what == "lazy-slots")
        out.allowed.lazySlots = true;
      else
        out.allowed.lazyBindNow = true;
    }
  return Error::success();
}

static Expected<CommandLine> read(const InputArgList &args) {
  CommandLine out;
  out.isUsers = args.hasArg(OPT_user) || ::geteuid() != 0;
  out.all = args.hasArg(OPT_all);
  out.verbose = args.hasArg(OPT_verbose);
  out.quiet = args.hasArg(OPT_quiet);
  if (Error e = readVerb(args.getAllArgValues(OPT_INPUT), out))
    return e;
  if (Error e = readRoot(args, out))
    return e;
  if (out.all && (!isForAll(out.verb) || !out.programs.empty()))
    return error("--all is for refresh and remove without programs");
  out.json = args.getLastArgValue(OPT_format_eq) == "json";
  if (out.json &&
      !is_contained({Verb::Plan, Verb::List, Verb::Check}, out.verb))
    return error("--format is for plan, list and check");
  const StringRef which = args.getLastArgValue(OPT_plugins_eq, "recorded");
  out.plugins = StringSwitch<PluginChoice>(which)
                    .Case("none", PluginChoice::None)
                    .Case("notes", PluginChoice::Notes)
                    .Default(PluginChoice::Recorded);
  return out;
}

int runCommandLine(const Tool &tool, int argc, char **argv,
                   function_ref<int(const CommandLine &)> act) {
  // What stands behind the program of "run" is the program's.
  ArrayRef<char *> all(argv + 1, argv + argc);
  const auto isWord = [](const char *text) { return text[0] != '-'; };
  const auto verb = find_if(all, isWord);
  size_t ours = all.size();
  if (verb != all.end() && StringRef(*verb) == "run")
    if (const auto program = std::find_if(verb + 1, all.end(), isWord);
        program != all.end())
      ours = program - all.begin() + 1;
  Options options;
  return tool.run(
      options, ArrayRef<const char *>(argv + 1, ours),
      "[options] <verb> <program>...",
      "have installed programs start faster, without changing them\n\n"
      "  plan <program>...    Say what would be done, and what that gains\n"
      "  add <program>...     Make a table of the program's start, a launcher, "
      "and a\n"
      "                       desktop entry for it\n"
      "  list                 Say what has been added\n"
      "  check [<program>...] Say whether starts use it; status 3 if one does "
      "not\n"
      "  refresh <program>... Make anew what is out of date\n"
      "  remove <program>...  Take away all that add has made\n"
      "  run <program> [<argument>...]\n"
      "                       Start the program by its table\n"
      "  undo                 With --root: give back what add has changed",
      [&](const InputArgList &args) {
        Expected<CommandLine> commandLine = read(args);
        if (!commandLine)
          return tool.usageError(commandLine.takeError());
        for (const char *argument : all.drop_front(ours))
          commandLine->arguments.push_back(argument);
        return act(*commandLine);
      });
}

} // namespace objprelink
