//===- main.cpp - ld.objprelink -------------------------------------------===//

#include "CommandLine.h"
#include "Tool.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace objprelink;

int main(int argc, char **argv) {
  // As in ld.lld: a stack trace for a crash, and signals that remove what is
  // not finished.
  InitLLVM init(argc, argv);
  const Tool tool(argv[0]);
  SmallVector<const char *, 256> arguments(argv, argv + argc);
  BumpPtrAllocator allocator;
  StringSaver saver(allocator);
  if (Error e = expandResponseFiles(arguments, saver)) {
    // Without a name, as ld.lld says it.
    errs() << toString(std::move(e)) << "\n";
    return 1;
  }
  Expected<LinkOptions> options = takeOptions(arguments);
  if (!options) {
    tool.printErrors(options.takeError());
    return 1;
  }
  const int status = link(arguments, *options);
  if (wantsHelp(arguments))
    printHelp();
  endLink(tool.flushed(status));
}
