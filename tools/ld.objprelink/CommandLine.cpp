#include "CommandLine.h"
#include "Help.h"
#include "Linker/LldArguments.h"
#include "Support/Diagnostics.h"
#include "Support/Suggest.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Option/Arg.h"
#include "llvm/Option/ArgList.h"
#include "llvm/Option/OptTable.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdlib>

using namespace llvm;
using namespace llvm::opt;

namespace objprelink {

#include "OptionTable.inc"

static std::optional<LinkMode> parseMode(StringRef text) {
  return StringSwitch<std::optional<LinkMode>>(text)
      .Case("auto", LinkMode::Auto)
      .Case("1", LinkMode::Auto)
      .Case("yes", LinkMode::Auto)
      .Case("lazy", LinkMode::Lazy)
      .Case("relay", LinkMode::Relay)
      .Case("off", LinkMode::Off)
      .Case("0", LinkMode::Off)
      .Case("no", LinkMode::Off)
      .Default(std::nullopt);
}

/// The words for modes, as messages list them.
static std::vector<std::string> modes() {
  return {"auto", "lazy", "relay", "off", "yes", "no", "1", "0"};
}

bool isOurOption(StringRef argument) {
  return argument.starts_with("--objprelink") ||
         argument.starts_with("-objprelink");
}

Error expandResponseFiles(SmallVectorImpl<const char *> &arguments,
                          StringSaver &saver) {
  if (none_of(arguments,
              [](StringRef argument) { return argument.starts_with("@"); }))
    return Error::success();
  auto *tokenizer = cl::TokenizeGNUCommandLine;
  for (StringRef argument : arguments)
    if (argument.ltrim('-') == "rsp-quoting=windows")
      tokenizer = cl::TokenizeWindowsCommandLine;
    else if (argument.ltrim('-') == "rsp-quoting=posix")
      tokenizer = cl::TokenizeGNUCommandLine;
  cl::ExpansionContext expansion(saver.getAllocator(), tokenizer);
  return expansion.expandResponseFiles(arguments);
}

static Error readEnvironment(LinkOptions &options) {
  if (const char *linker = std::getenv("OBJPRELINK_LINKER"))
    options.linker = linker;
  if (const char *log = std::getenv("OBJPRELINK_LOG"))
    options.log = log;
  const StringRef mode = StringRef(std::getenv("OBJPRELINK"));
  if (mode.empty())
    return Error::success();
  const std::optional<LinkMode> parsed = parseMode(mode);
  if (!parsed)
    return error("unknown value in OBJPRELINK={0}{1}", mode,
                 suggest(mode, modes()));
  options.mode = *parsed;
  return Error::success();
}

Expected<LinkOptions> takeOptions(SmallVectorImpl<const char *> &arguments) {
  LinkOptions options;
  if (Error e = readEnvironment(options))
    return e;
  const bool isForcedOff =
      is_contained({"0", "no"}, StringRef(std::getenv("OBJPRELINK")));
  SmallVector<const char *, 4> ours;
  copy_if(arguments, std::back_inserter(ours), isOurOption);
  if (ours.empty())
    return options;
  erase_if(arguments, isOurOption);

  unsigned missingIndex, missingCount;
  const InputArgList args =
      Options().ParseArgs(ours, missingIndex, missingCount);
  if (const Arg *unknown = args.getLastArg(OPT_UNKNOWN, OPT_INPUT))
    return error("unknown argument '{0}'{1}", unknown->getAsString(args),
                 suggestOption(Options(), unknown->getAsString(args)));
  if (const Arg *mode = args.getLastArg(OPT_objprelink_eq)) {
    const std::optional<LinkMode> parsed = parseMode(mode->getValue());
    if (!parsed)
      return error("unknown value in {0}{1}", mode->getAsString(args),
                   suggest(mode->getValue(), modes()));
    if (!isForcedOff)
      options.mode = *parsed;
  }
  options.report = args.getLastArgValue(OPT_objprelink_report_eq);
  if (const Arg *linker = args.getLastArg(OPT_objprelink_linker_eq))
    options.linker = linker->getValue();
  if (const Arg *arg = args.getLastArg(OPT_objprelink_prerelocate,
                                       OPT_objprelink_prerelocate_eq)) {
    options.prerelocate = true;
    const StringRef value = arg->getNumValues() ? arg->getValue() : "auto";
    uint64_t address;
    if (value != "auto") {
      if (value.getAsInteger(0, address))
        return error("neither an address nor auto: {0}",
                     arg->getAsString(args));
      options.preferredBase = address;
    }
  }
  options.verbose = args.hasArg(OPT_objprelink_verbose);
  options.strict = args.hasArg(OPT_objprelink_strict);
  return options;
}

void printHelp(StringRef name, bool isLld) {
  objprelink::printHelp(
      Options(), name, "[options] <file>...",
      "LLD with vtable slots that cost the loader no look-up each\n\n"
      "examples:\n"
      "  g++ -B/usr/local/libexec/objprelink/ -shared a.o -o liba.so\n"
      "  clang++ --ld-path=/usr/local/bin/ld.objprelink -shared a.o -o "
      "liba.so\n"
      "  objprelink-build make\n\n"
      "OBJPRELINK=auto, lazy, relay, off, yes, no, 1 or 0 in the environment "
      "is "
      "the\nmode of links that do not say it; 0 and no are that of all "
      "links.\n",
      outs());
  if (!isLld)
    return;
  printOptions(*lldOptions(), "options of LLD", outs());
  // Build tools look for this line.
  outs() << '\n' << name << ": supported targets: elf\n";
}

} // namespace objprelink
