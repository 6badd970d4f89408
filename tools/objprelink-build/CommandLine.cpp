#include "CommandLine.h"
#include "Support/Diagnostics.h"
#include "llvm/Option/Arg.h"
#include "llvm/Option/ArgList.h"
#include <utility>

using namespace llvm;
using namespace llvm::opt;

namespace objprelink {

#include "OptionTable.inc"

static Error readConfig(const InputArgList &args, BuildConfig &config) {
  config.preload = !args.hasArg(OPT_no_preload);
  config.quiet = args.hasArg(OPT_quiet);
  config.verbose = args.hasArg(OPT_verbose);
  if (const Arg *mode = args.getLastArg(OPT_mode_eq))
    config.mode = mode->getValue();
  for (auto [id, value] : {std::pair(OPT_log_eq, &config.log),
                           std::pair(OPT_linker_eq, &config.linker)})
    if (const Arg *arg = args.getLastArg(id)) {
      *value = arg->getValue();
      if (value->empty())
        return error("{0} needs a file name", arg->getSpelling());
    }
  if (!StringRef(config.linker).contains('/'))
    config.underneath = std::exchange(config.linker, std::string());
  if (config.quiet && config.verbose)
    return error("--quiet and --verbose exclude each other");
  return Error::success();
}

int runCommandLine(const Tool &tool, int argc, char **argv,
                   function_ref<int(const CommandLine &)> act) {
  // The options of the command are the command's.
  int end = 1;
  while (end < argc && argv[end][0] == '-' && argv[end][1] &&
         StringRef(argv[end]) != "--")
    ++end;
  const ArrayRef<const char *> ours(argv + 1, argv + end);
  if (end < argc && StringRef(argv[end]) == "--")
    ++end;

  Options options;
  return tool.run(options, ours, "[options] <command> [<argument>...]",
                  "run a build so that its links go through ld.objprelink\n\n"
                  "examples:\n"
                  "  objprelink-build make -j8\n"
                  "  objprelink-build --log=links.json ninja -C build\n",
                  [&](const InputArgList &args) {
                    CommandLine out;
                    if (Error e = readConfig(args, out.config))
                      return tool.usageError(std::move(e));
                    if (end == argc)
                      return tool.usageError(error("no command"));
                    out.command = argv + end;
                    return act(out);
                  });
}

} // namespace objprelink
