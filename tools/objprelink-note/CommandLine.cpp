#include "CommandLine.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Option/Arg.h"
#include "llvm/Option/ArgList.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace llvm::opt;

namespace objprelink {

#include "OptionTable.inc"

/// libengine.so.1 is there for "engine".
static std::string featureOf(StringRef name) {
  name = sys::path::filename(name);
  name = name.substr(0, name.find(".so"));
  name.consume_front("lib");
  return name.str();
}

static void readWish(const InputArgList &args, NoteWish &out) {
  for (const std::string &names : args.getAllArgValues(OPT_add_eq)) {
    DlopenNote &note = out.notes.emplace_back();
    for (StringRef name : split(names, ','))
      note.sonames.push_back(name.str());
    note.feature = args.hasArg(OPT_feature_eq)
                       ? args.getLastArgValue(OPT_feature_eq).str()
                       : featureOf(note.sonames.front());
    note.description = args.getLastArgValue(OPT_description_eq);
    note.priority = args.getLastArgValue(OPT_priority_eq);
  }
  out.undoRecord = !args.hasArg(OPT_no_undo_record);
  out.keepOverlay = args.hasArg(OPT_keep_overlay);
}

/// Options that do nothing beside what is asked for.
static Error checkIdle(const InputArgList &args, CommandLine::Action action) {
  using Action = CommandLine::Action;
  const auto refuse = [&](ArrayRef<OptSpecifier> ids, StringRef why) -> Error {
    for (const OptSpecifier id : ids)
      if (const Arg *arg = args.getLastArg(id))
        return error("{0} is for {1}", arg->getAsString(args), why);
    return Error::success();
  };
  if (action != Action::Add)
    if (Error e = refuse({OPT_feature_eq, OPT_description_eq, OPT_priority_eq,
                          OPT_no_undo_record, OPT_keep_overlay},
                         "--add="))
      return e;
  if (action != Action::Add && action != Action::Undo)
    if (Error e = refuse({OPT_output, OPT_in_place, OPT_dry_run},
                         "--add= and --undo"))
      return e;
  return action == Action::Print ? Error::success()
                                 : refuse({OPT_json}, "printing notes");
}

static Expected<CommandLine> read(const InputArgList &args) {
  using Action = CommandLine::Action;
  CommandLine out;
  out.files = args.getAllArgValues(OPT_INPUT);
  if (out.files.empty())
    return error("no input files");
  if (args.hasArg(OPT_add_eq) + args.hasArg(OPT_undo) +
          args.hasArg(OPT_verify) >
      1)
    return error("--add=, --undo and --verify exclude each other");
  out.action = args.hasArg(OPT_add_eq)   ? Action::Add
               : args.hasArg(OPT_undo)   ? Action::Undo
               : args.hasArg(OPT_verify) ? Action::Verify
                                         : Action::Print;
  if (Error e = checkIdle(args, out.action))
    return e;
  readWish(args, out.wish);
  // What no note can say is wrong for any file.
  if (Error e = encodeDlopenNote(out.wish.notes).takeError())
    return e;
  out.quiet = args.hasArg(OPT_quiet);
  out.json = args.hasArg(OPT_json);
  out.config.inPlace = args.hasArg(OPT_in_place);
  out.config.dryRun = args.hasArg(OPT_dry_run);
  if (const Arg *output = args.getLastArg(OPT_output)) {
    out.config.output = output->getValue();
    if (out.config.output.empty())
      return error("-o needs a file name");
    if (out.config.inPlace)
      return error("-o and --in-place exclude each other");
    if (out.files.size() > 1)
      return error("-o takes one input, not {0}", out.files.size());
  }
  if (out.action == Action::Verify && out.files.size() != 2)
    return error("--verify takes two files, not {0}", out.files.size());
  return out;
}

static constexpr char kOverview[] =
    "say in finished shared libraries and PIEs which libraries they open by "
    "dlopen(), in notes of the format .note.dlopen, without moving anything "
    "that code or data refer to; or print these notes\n\n"
    "examples:\n"
    "  objprelink-note player libengine.so          what they say\n"
    "  objprelink-note --add=libengine.so.1 --in-place player\n"
    "  objprelink-note --add=libaac.so.2,libaac.so.1 libengine.so -o new.so\n"
    "  objprelink-note --verify libengine.so new.so\n"
    "  objprelink-note --undo --in-place player\n";

int runCommandLine(const Tool &tool, int argc, char **argv,
                   function_ref<int(const CommandLine &)> act) {
  Options options;
  return tool.run(options, ArrayRef<const char *>(argv + 1, argc - 1),
                  "[options] <file>...", kOverview,
                  [&](const InputArgList &args) {
                    Expected<CommandLine> commandLine = read(args);
                    return commandLine
                               ? act(*commandLine)
                               : tool.usageError(commandLine.takeError());
                  });
}

} // namespace objprelink
