//===- main.cpp - ld.objprelink -------------------------------------------===//

#include "CommandLine.h"
#include "Support/Diagnostics.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace objprelink;

int main(int argc, char **argv) {
  // As in ld.lld: a stack trace for a crash, and signals that remove what is
  // not finished.
  InitLLVM init(argc, argv);
  SmallVector<const char *, 256> arguments(argv, argv + argc);
  BumpPtrAllocator allocator;
  StringSaver saver(allocator);
  Expected<LinkOptions> options = takeOptions(arguments, saver);
  if (!options) {
    errs() << sys::path::filename(argv[0])
           << ": error: " << toString(options.takeError()) << "\n";
    return 1;
  }
  const int status = link(arguments, *options);
  if (wantsHelp(arguments))
    printHelp();
  endLink(status);
}
