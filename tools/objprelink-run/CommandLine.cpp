#include "CommandLine.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Option/Arg.h"
#include "llvm/Option/ArgList.h"
#include "llvm/Option/OptTable.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace llvm::opt;

namespace objprelink {

#include "OptionTable.inc"

namespace {
class Options : public GenericOptTable {
public:
  Options() : GenericOptTable(OptionStrTable, OptionPrefixesTable, kOptions) {
    setGroupedShortOptions(true);
  }
};
} // namespace

static Error readConfig(const InputArgList &args, Config &config) {
  config.preload = !args.hasArg(OPT_no_preload);
  config.quiet = args.hasArg(OPT_quiet);
  config.verbose = args.hasArg(OPT_verbose);
  if (const Arg *mode = args.getLastArg(OPT_mode_eq)) {
    config.mode = mode->getValue();
    if (!is_contained({"auto", "lazy", "relay", "off"}, config.mode))
      return error("unknown value in {0}", mode->getAsString(args));
  }
  for (auto [id, value] : {std::pair(OPT_log_eq, &config.log),
                           std::pair(OPT_linker_eq, &config.linker)})
    if (const Arg *arg = args.getLastArg(id)) {
      *value = arg->getValue();
      if (value->empty())
        return error("{0} wants a file name", arg->getSpelling());
    }
  if (config.quiet && config.verbose)
    return error("--quiet and --verbose say different things");
  return Error::success();
}

Expected<CommandLine> parseCommandLine(int argc, char **argv) {
  // The options of the command are the command's.
  int end = 1;
  while (end < argc && argv[end][0] == '-' && argv[end][1] &&
         StringRef(argv[end]) != "--")
    ++end;

  unsigned missingIndex, missingCount;
  const InputArgList args = Options().ParseArgs(
      ArrayRef<const char *>(argv + 1, argv + end), missingIndex, missingCount);
  if (const Arg *unknown = args.getLastArg(OPT_UNKNOWN))
    return error("unknown option {0}", unknown->getAsString(args));

  CommandLine out;
  if (args.hasArg(OPT_help)) {
    out.action = CommandLine::Action::Help;
    return out;
  }
  if (args.hasArg(OPT_version)) {
    out.action = CommandLine::Action::Version;
    return out;
  }
  if (Error e = readConfig(args, out.config))
    return e;
  if (end < argc && StringRef(argv[end]) == "--")
    ++end;
  if (end == argc)
    return error("no command");
  out.command = argv + end;
  return out;
}

void printHelp(StringRef program) {
  Options().printHelp(
      outs(), (program + " [options] <command> [<argument>...]").str().c_str(),
      "run a build so that its links go through ld.objprelink",
      /*ShowHidden=*/false, /*ShowAllAliases=*/true);
}

} // namespace objprelink
