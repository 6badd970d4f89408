//===- main.cpp - ld.objprelink -------------------------------------------===//

#include "CommandLine.h"
#include "Linker/LldArguments.h"
#include "Tool.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace objprelink;

/// The arguments for another linker: with the response files that were given,
/// unless options of ours stand in one.
static Expected<SmallVector<const char *, 256>>
commandFor(ArrayRef<const char *> given, ArrayRef<const char *> expanded,
           size_t taken, StringRef linker) {
  SmallVector<const char *, 256> command(given.begin(), given.end());
  erase_if(command, isOurOption);
  if (given.size() - command.size() == taken)
    return command;
  command.assign(expanded.begin(), expanded.end());
  if (!sys::commandLineFitsWithinSystemLimits(linker, expanded.drop_front()))
    return createStringError("--objprelink options in a response file: too "
                             "many arguments for another linker; give them "
                             "on the command line");
  return command;
}

/// Links by another linker. \p arguments are those of \p given, response files
/// expanded and ours taken out, \p taken of them.
static int linkByOther(const Tool &tool, ArrayRef<const char *> given,
                       ArrayRef<const char *> arguments, size_t taken,
                       LinkOptions &options) {
  Expected<std::string> linker =
      findLinker(options.linker, given[0], arguments.drop_front());
  if (!linker) {
    tool.printErrors(linker.takeError());
    return 1;
  }
  if (linker->empty()) {
    SmallVector<const char *, 256> forLld(arguments);
    const ArrayRef<const char *> defaults =
        defaultsOfGnuLd(options.linker, given[0]);
    forLld.insert(forLld.begin() + 1, defaults.begin(), defaults.end());
    options.linker.clear();
    return link(forLld, options);
  }
  options.linker = *linker;
  Expected<SmallVector<const char *, 256>> command =
      commandFor(given, arguments, taken, options.linker);
  if (!command) {
    tool.printErrors(command.takeError());
    return 1;
  }
  return linkBy(*command, arguments, options);
}

int main(int argc, char **argv) {
  // As in ld.lld: a stack trace for a crash, and signals that remove what is
  // not finished.
  InitLLVM init(argc, argv);
  const Tool tool(argv[0]);
  const ArrayRef<const char *> given(argv, argc);
  SmallVector<const char *, 256> arguments(given);
  BumpPtrAllocator allocator;
  StringSaver saver(allocator);
  if (Error e = expandResponseFiles(arguments, saver)) {
    // Without a name, as ld.lld says it.
    errs() << toString(std::move(e)) << "\n";
    return 1;
  }
  const size_t all = arguments.size();
  Expected<LinkOptions> options = takeOptions(arguments);
  if (!options) {
    tool.printErrors(options.takeError());
    return 1;
  }
  const size_t taken = all - arguments.size();
  const bool isLld = options->linker.empty();
  if (readLldArguments(ArrayRef(arguments).drop_front()).wantsHelp) {
    printHelp(tool.name, isLld);
    if (isLld)
      endLink(tool.flushed(0));
  }
  endLink(tool.flushed(
      isLld ? link(arguments, *options)
            : linkByOther(tool, given, arguments, taken, *options)));
}
