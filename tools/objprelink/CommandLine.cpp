#include "CommandLine.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Option/Arg.h"
#include "llvm/Option/ArgList.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/RandomNumberGenerator.h"

using namespace llvm;
using namespace llvm::opt;

namespace objprelink {

#include "OptionTable.inc"

/// The mode is in the program's name; a prefix (a target triple) and a suffix
/// (a version) may stand around it.
static Expected<Mode> modeOf(StringRef argv0) {
  const StringRef name = sys::path::filename(argv0);
  if (name.contains("objprelink1"))
    return Mode::Relay;
  if (name.contains("objprelink2"))
    return Mode::Lazy;
  return error("call this program objprelink1 (relays) or objprelink2 (lazy "
               "stubs); {0} says neither",
               name);
}

/// The value of an option of which Tool has seen that it is one of \p choices.
template <class T>
static void readChoice(const InputArgList &args, OptSpecifier id,
                       ArrayRef<std::pair<StringRef, T>> choices, T &out) {
  const StringRef given = args.getLastArgValue(id);
  for (const auto &[name, value] : choices)
    if (name == given)
      out = value;
}

/// Numbers and ranges of them, separated by commas.
static Expected<std::vector<SlotRange>> readRanges(StringRef text) {
  std::vector<SlotRange> out;
  for (StringRef part : split(text, ',')) {
    const auto [first, last] = part.split('-');
    SlotRange range;
    if (first.getAsInteger(10, range.first) ||
        (last.empty() ? part.contains('-') : last.getAsInteger(10, range.last)))
      return error("neither a slot number nor a range of them: \"{0}\"", part);
    if (last.empty())
      range.last = range.first;
    if (!range.first || range.last < range.first)
      return error("there are no slots with the numbers {0}", part);
    out.push_back(range);
  }
  return out;
}

static Error readPrerelocation(const InputArgList &args, CommandLine &out) {
  Config &config = out.config;
  bool &isSet = out.isSet;
  if (const Arg *arg = args.getLastArg(OPT_prerelocate, OPT_prerelocate_eq)) {
    config.prerelocate = true;
    const StringRef value = arg->getNumValues() ? arg->getValue() : "auto";
    uint64_t address;
    isSet = value == "set";
    if (value != "auto" && !isSet) {
      if (value.getAsInteger(0, address))
        return error("neither an address nor auto nor set: {0}",
                     arg->getAsString(args));
      config.preferredBase = address;
    }
  }
  out.sets = args.getAllArgValues(OPT_prerelocate_set_eq);
  out.plugins = args.getAllArgValues(OPT_plugin_eq);
  out.pluginsFrom = args.getLastArgValue(OPT_plugins_from_eq);
  if (args.hasArg(OPT_plugins_from_eq) && out.pluginsFrom != "recorded" &&
      !sys::fs::is_directory(out.pluginsFrom))
    return error("--plugins-from={0} is neither recorded nor a folder of "
                 "tables",
                 out.pluginsFrom);
  if (!out.sets.empty() && config.preferredBase)
    return error("--prerelocate-set= gives each image an address of its own, "
                 "and --prerelocate= one for all");
  if (!out.sets.empty())
    config.prerelocate = isSet = true;
  if (!isSet && (!out.plugins.empty() || !out.pluginsFrom.empty()))
    return error("--plugin= and --plugins-from= are for --prerelocate-set=");
  if (!args.hasArg(OPT_random_base))
    return Error::success();
  out.redraws = isSet;
  if (!config.prerelocate || config.preferredBase)
    return error("--random-base draws the addresses of --prerelocate=auto "
                 "and --prerelocate-set=");
  return errorCodeToError(
      getRandomBytes(&config.baseSeed, sizeof(config.baseSeed)));
}

static Error readConfig(const InputArgList &args, CommandLine &out) {
  Config &config = out.config;
  readChoice<SlotSet>(
      args, OPT_slots_eq,
      {{"undefined", SlotSet::Undefined}, {"all", SlotSet::All}}, config.slots);
  readChoice<I386Scratch>(args, OPT_i386_scratch_eq,
                          {{"auto", I386Scratch::Auto},
                           {"none", I386Scratch::None},
                           {"eax", I386Scratch::Eax}},
                          config.i386Scratch);
  readChoice<PltKind>(args, OPT_plt_eq,
                      {{"absolute", PltKind::Absolute}, {"pic", PltKind::Pic}},
                      config.plt);
  readChoice<bool>(args, OPT_lazy_eq, {{"slots", false}, {"all", true}},
                   config.lazyAll);
  if (const Arg *only = args.getLastArg(OPT_only_slots_eq)) {
    Expected<std::vector<SlotRange>> ranges = readRanges(only->getValue());
    if (!ranges)
      return ranges.takeError();
    config.onlySlots = std::move(*ranges);
  }
  config.inPlace = args.hasArg(OPT_in_place);
  config.overrideBindNow = args.hasArg(OPT_override_bind_now);
  const Arg *pack =
      args.getLastArg(OPT_pack_relative_relocs, OPT_pack_relative_relocs_eq);
  config.packRelativeRelocs = pack != nullptr;
  config.packIfPossible =
      pack && pack->getOption().matches(OPT_pack_relative_relocs_eq);
  config.keepSize = args.hasArg(OPT_keep_size);
  config.shrinkFile = args.hasArg(OPT_shrink_file);
  if (config.keepSize && config.shrinkFile)
    return error("--keep-size and --shrink-file exclude each other");
  if (Error e = readPrerelocation(args, out))
    return e;
  config.undoRecord = !args.hasArg(OPT_no_undo_record);
  config.keepOverlay = args.hasArg(OPT_keep_overlay);
  config.ifWorth = args.hasArg(OPT_if_worth);
  config.dryRun = args.hasArg(OPT_dry_run);
  config.verbose = args.hasArg(OPT_verbose);
  config.quiet = args.hasArg(OPT_quiet);
  config.showsPlan = config.dryRun && !config.quiet;
  if (config.quiet && config.verbose)
    return error("--quiet and --verbose exclude each other");
  config.stubUnwindTables = args.hasArg(OPT_stub_unwind_tables);
  config.thinMembers = args.hasArg(OPT_thin_members);
  if (const Arg *jobs = args.getLastArg(OPT_jobs))
    if (StringRef(jobs->getValue()).getAsInteger(10, config.jobs) ||
        !config.jobs)
      return error("not a number of threads: {0}", jobs->getValue());
  if (const Arg *output = args.getLastArg(OPT_output)) {
    config.output = output->getValue();
    if (config.output.empty())
      return error("-o needs a file name");
  }
  return Error::success();
}

/// Finds options that do nothing here, whatever the files are. Those that
/// depend on the files' kinds are found when these are known.
static void findIdle(const InputArgList &args, CommandLine &out) {
  using Action = CommandLine::Action;
  const auto idle = [&](const Arg *arg, StringRef why) {
    if (arg)
      out.idle.push_back(
          (arg->getAsString(args) + " has no effect " + why).str());
  };
  if (out.action != Action::Rewrite) {
    const bool isUndo = out.action == Action::Undo;
    for (const Arg *arg : args) {
      const Option option = arg->getOption();
      const bool counts =
          option.getKind() == Option::InputClass || option.matches(OPT_undo) ||
          option.matches(OPT_verify) || option.matches(OPT_quiet) ||
          (isUndo &&
           (option.matches(OPT_prerelocate_set_eq) ||
            option.matches(OPT_output) || option.matches(OPT_in_place) ||
            option.matches(OPT_dry_run) || option.matches(OPT_jobs)));
      if (!counts)
        idle(arg, isUndo ? "with --undo" : "with --verify");
    }
    return;
  }
  if (!out.config.packRelativeRelocs)
    for (const OptSpecifier id : {OPT_keep_size, OPT_shrink_file})
      idle(args.getLastArg(id), "without --pack-relative-relocs");
  const auto scope = [&](OptSpecifier id, Scope of) {
    if (const Arg *arg = args.getLastArg(id))
      out.config.scoped.push_back({arg->getAsString(args), of});
  };
  for (const OptSpecifier id :
       {OPT_plt_eq, OPT_override_bind_now, OPT_lazy_eq,
        OPT_pack_relative_relocs, OPT_pack_relative_relocs_eq,
        OPT_no_undo_record, OPT_keep_overlay, OPT_if_worth})
    scope(id, Scope::Images);
  scope(OPT_i386_scratch_eq, Scope::Objects);
  scope(OPT_stub_unwind_tables, Scope::Objects);
  scope(OPT_thin_members, Scope::ThinArchives);
}

static Expected<CommandLine> read(const InputArgList &args, StringRef argv0) {
  CommandLine out;
  Expected<Mode> mode = modeOf(argv0);
  if (!mode)
    return mode.takeError();
  out.config.mode = *mode;
  if (Error e = readConfig(args, out))
    return e;
  out.files = args.getAllArgValues(OPT_INPUT);
  if (out.files.empty() && out.sets.empty() && out.plugins.empty())
    return error("no input files");
  if (*mode == Mode::Relay &&
      (out.config.overrideBindNow || out.config.lazyAll))
    return error("objprelink1 makes nothing lazy: --override-bind-now and "
                 "--lazy=all are for objprelink2");
  if (args.hasArg(OPT_undo) && args.hasArg(OPT_verify))
    return error("--undo and --verify exclude each other: one writes an image, "
                 "the other compares two");
  if (args.hasArg(OPT_undo))
    out.action = CommandLine::Action::Undo;
  if (args.hasArg(OPT_verify))
    out.action = CommandLine::Action::Verify;
  findIdle(args, out);
  if (args.hasArg(OPT_verify)) {
    if (out.files.size() != 2)
      return error("--verify takes two files, not {0}", out.files.size());
    return out;
  }
  if (!out.config.output.empty() && out.config.inPlace)
    return error("-o and --in-place exclude each other");
  if (!out.config.output.empty() && out.files.size() > 1)
    return error("-o takes one input, not {0}", out.files.size());
  return out;
}

/// What the program of this name is, and how it is called.
static std::string overviewOf(StringRef argv0) {
  Expected<Mode> mode = modeOf(argv0);
  const bool isLazy = mode && *mode == Mode::Lazy;
  const StringRef name = sys::path::filename(argv0);
  std::string out =
      !mode
          ? "make the vtable slots of C++ files cheap to load; what becomes of "
            "them depends on the name, objprelink1 or objprelink2"
      : isLazy
          ? "have the vtable slots of C++ objects, archives, shared libraries "
            "and PIEs lead to lazy stubs, which look their function up at the "
            "first call, or never (objprelink1 has it looked up once, when the "
            "library is loaded)"
          : "have the vtable slots of C++ objects, archives, shared libraries "
            "and PIEs lead to relays, so that each function is looked up once, "
            "when the library is loaded, and not once for each slot "
            "(objprelink2 waits for the first call)";
  consumeError(mode.takeError());
  out +=
      formatv("\n\nexamples:\n"
              "  {0} *.o                        between compiler and linker\n"
              "  {0} -n -v widget.o             what would be done, and why\n"
              "  {0} libfoo.so -o new/libfoo.so a finished library\n"
              "  {0} --verify libfoo.so new/libfoo.so\n"
              "  {0} --undo new/libfoo.so -o libfoo.so\n",
              name);
  return out;
}

int runCommandLine(const Tool &tool, int argc, char **argv,
                   function_ref<int(const CommandLine &)> act) {
  Options options;
  return tool.run(options, ArrayRef<const char *>(argv + 1, argc - 1),
                  "[options] <file>...", overviewOf(argv[0]),
                  [&](const InputArgList &args) {
                    Expected<CommandLine> commandLine = read(args, argv[0]);
                    return commandLine
                               ? act(*commandLine)
                               : tool.usageError(commandLine.takeError());
                  });
}

} // namespace objprelink
