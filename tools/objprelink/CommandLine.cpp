#include "CommandLine.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Option/Arg.h"
#include "llvm/Option/ArgList.h"
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

template <class T>
static Error readChoice(const InputArgList &args, OptSpecifier id,
                        ArrayRef<std::pair<StringRef, T>> choices, T &out) {
  const Arg *arg = args.getLastArg(id);
  if (!arg)
    return Error::success();
  for (const auto &[name, value] : choices)
    if (name == arg->getValue()) {
      out = value;
      return Error::success();
    }
  return error("unknown value in {0}", arg->getAsString(args));
}

/// Numbers and ranges of them, separated by commas.
static Expected<std::vector<SlotRange>> readRanges(StringRef text) {
  std::vector<SlotRange> out;
  for (StringRef part : split(text, ',')) {
    const auto [first, last] = part.split('-');
    SlotRange range;
    if (first.getAsInteger(10, range.first) ||
        (last.empty() ? part.contains('-') : last.getAsInteger(10, range.last)))
      return error("not a number of a slot, nor a range: \"{0}\"", part);
    if (last.empty())
      range.last = range.first;
    if (!range.first || range.last < range.first)
      return error("no slots have the numbers {0}", part);
    out.push_back(range);
  }
  return out;
}

static Error readPrerelocation(const InputArgList &args, Config &config,
                               bool &isSet) {
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
  if (!args.hasArg(OPT_random_base))
    return Error::success();
  if (!config.prerelocate || config.preferredBase)
    return error("--random-base draws the addresses of --prerelocate=auto "
                 "and --prerelocate=set");
  return errorCodeToError(
      getRandomBytes(&config.baseSeed, sizeof(config.baseSeed)));
}

static Error readConfig(const InputArgList &args, Config &config, bool &isSet) {
  if (Error e = readChoice<SlotSet>(
          args, OPT_slots_eq,
          {{"undefined", SlotSet::Undefined}, {"all", SlotSet::All}},
          config.slots))
    return e;
  if (Error e = readChoice<I386Scratch>(args, OPT_i386_scratch_eq,
                                        {{"auto", I386Scratch::Auto},
                                         {"none", I386Scratch::None},
                                         {"eax", I386Scratch::Eax}},
                                        config.i386Scratch))
    return e;
  if (Error e = readChoice<PltKind>(
          args, OPT_plt_eq,
          {{"absolute", PltKind::Absolute}, {"pic", PltKind::Pic}}, config.plt))
    return e;
  if (Error e = readChoice<bool>(
          args, OPT_lazy_eq, {{"slots", false}, {"all", true}}, config.lazyAll))
    return e;
  if (const Arg *only = args.getLastArg(OPT_only_slots_eq)) {
    Expected<std::vector<SlotRange>> ranges = readRanges(only->getValue());
    if (!ranges)
      return ranges.takeError();
    config.onlySlots = std::move(*ranges);
  }
  config.inPlace = args.hasArg(OPT_in_place);
  config.overrideBindNow = args.hasArg(OPT_override_bind_now);
  if (const Arg *pack = args.getLastArg(OPT_pack_relative_relocs,
                                        OPT_pack_relative_relocs_eq)) {
    config.packRelativeRelocs = true;
    if (pack->getOption().matches(OPT_pack_relative_relocs_eq))
      if (Error e =
              readChoice<bool>(args, OPT_pack_relative_relocs_eq,
                               {{"if-possible", true}}, config.packIfPossible))
        return e;
  }
  config.keepSize = args.hasArg(OPT_keep_size);
  config.shrinkFile = args.hasArg(OPT_shrink_file);
  if (config.keepSize && config.shrinkFile)
    return error("--keep-size and --shrink-file say different things");
  if (Error e = readPrerelocation(args, config, isSet))
    return e;
  config.undoRecord = !args.hasArg(OPT_no_undo_record);
  config.keepOverlay = args.hasArg(OPT_keep_overlay);
  config.dryRun = config.showsPlan = args.hasArg(OPT_dry_run);
  config.verbose = args.hasArg(OPT_verbose);
  config.quiet = args.hasArg(OPT_quiet);
  config.stubUnwindTables = args.hasArg(OPT_stub_unwind_tables);
  config.thinMembers = args.hasArg(OPT_thin_members);
  if (const Arg *jobs = args.getLastArg(OPT_jobs))
    if (StringRef(jobs->getValue()).getAsInteger(10, config.jobs) ||
        !config.jobs)
      return error("not a number of threads: {0}", jobs->getValue());
  if (const Arg *output = args.getLastArg(OPT_output)) {
    config.output = output->getValue();
    if (config.output.empty())
      return error("-o wants a file name");
  }
  return Error::success();
}

static Expected<CommandLine> read(const InputArgList &args, StringRef argv0) {
  CommandLine out;
  Expected<Mode> mode = modeOf(argv0);
  if (!mode)
    return mode.takeError();
  out.config.mode = *mode;
  if (Error e = readConfig(args, out.config, out.isSet))
    return e;
  out.files = args.getAllArgValues(OPT_INPUT);
  if (out.files.empty())
    return error("no input files");
  if (*mode == Mode::Relay &&
      (out.config.overrideBindNow || out.config.lazyAll))
    return error("objprelink1 makes nothing lazy: --override-bind-now and "
                 "--lazy=all are for objprelink2");
  if (args.hasArg(OPT_undo))
    out.action = CommandLine::Action::Undo;
  if (args.hasArg(OPT_verify)) {
    out.action = CommandLine::Action::Verify;
    if (out.files.size() != 2)
      return error("--verify takes two files, not {0}", out.files.size());
    return out;
  }
  if (!out.config.output.empty() && out.config.inPlace)
    return error("-o and --in-place say different things");
  if (!out.config.output.empty() && out.files.size() > 1)
    return error("-o takes one input, not {0}", out.files.size());
  return out;
}

int runCommandLine(const Tool &tool, int argc, char **argv,
                   function_ref<int(const CommandLine &)> act) {
  Options options;
  return tool.run(
      options, ArrayRef<const char *>(argv + 1, argc - 1),
      "[options] <file>...",
      "make the vtable slots of C++ objects, archives, shared libraries and "
      "PIEs cheap to load",
      [&](const InputArgList &args) {
        Expected<CommandLine> commandLine = read(args, argv[0]);
        return commandLine ? act(*commandLine)
                           : tool.usageError(commandLine.takeError());
      });
}

} // namespace objprelink
