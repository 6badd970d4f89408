//===- Link.cpp - LLD, and what it does not do ----------------------------===//
//
// LLD is asked to end the process without cleaning up (exitEarly), as ld.lld
// does: a large link would spend a tenth of its time on giving back memory. So
// all that has to happen to the output happens when LLD commits it.
//
//===----------------------------------------------------------------------===//

#include "Linker/Link.h"
#include "Linker/ImagePass.h"
#include "Linker/LldArguments.h"
#include "Linker/OutputBuffer.h"
#include "Linker/SlimLto.h"
#include "Support/Diagnostics.h"
#include "lld/Common/Driver.h"
#include "lld/Common/ErrorHandler.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

LLD_HAS_DRIVER(elf)

// LLD removes an old output before it makes the new one, if it has more than
// one thread. Ours stays until the new one takes its name (--wrap).
void keepOldOutput(llvm::StringRef path) asm(
    "__wrap__ZN3lld11unlinkAsyncEN4llvm9StringRefE");
void keepOldOutput(llvm::StringRef) {}

using namespace llvm;

namespace lld {
// As in lld/Common/Version.h, which includes a file that is not installed.
std::string getLLDVersion();
} // namespace lld

/// The first line of --version, by which CMake, Meson and libtool classify a
/// linker, and .comment of outputs. No " 0." may stand there: libtool takes
/// that for an old GNU ld. As with FileOutputBuffer::create (OutputBuffer.h),
/// what LLD's archive has is not linked.
std::string lld::getLLDVersion() {
  return "LLD " LLVM_VERSION_STRING " (objprelink-" OBJPRELINK_VERSION ")";
}

namespace objprelink {

static void printErrors(StringRef program, Error e) {
  handleAllErrors(std::move(e), [&](const ErrorInfoBase &info) {
    errs() << program << ": error: " << info.message() << "\n";
  });
}

int link(ArrayRef<const char *> arguments, const LinkOptions &options) {
  const StringRef program = sys::path::filename(arguments[0]);
  SmallVector<const char *, 256> toLld(arguments);
  const LldArguments known = readLldArguments(arguments.drop_front());
  LldMap map;
  if (options.mode != LinkMode::Off)
    if (Error e = map.begin(toLld, known)) {
      printErrors(program, std::move(e));
      return 1;
    }
  ImagePass pass(program, options, known, map);
  const auto run = [&](StringRef path, Bytes contents, PendingFile &file) {
    return pass.run(path, contents, file);
  };
  setOutputPass(run);

  bool ok = lld::elf::link(toLld, outs(), errs(), /*exitEarly=*/true,
                           /*disableOutput=*/false);
  // Without an output, its map is not that of any file.
  if (ok)
    if (Error e = map.deliver()) {
      printErrors(program, std::move(e));
      ok = false;
    }
  // Functions that are in bytecode only may be missing: say why.
  if (!ok && options.mode != LinkMode::Off && pass.record.output.empty())
    printErrors(program, findSlimLto(known));
  if (Error e = writeReport(pass.record, options)) {
    printErrors(program, std::move(e));
    ok = false;
  }
  // Whoever has set OBJPRELINK_LOG may be gone, and the build with it.
  if (Error e = appendToLog(pass.record, options))
    errs() << program << ": remark: " << toString(std::move(e)) << "\n";
  return ok ? 0 : 1;
}

void endLink(int status) {
  lld::exitLld(status);
}

} // namespace objprelink
