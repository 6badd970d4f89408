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
#include "llvm/ADT/STLExtras.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"

LLD_HAS_DRIVER(elf)

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

namespace {
/// A map that is to go to standard output waits in a temporary file until it is
/// known what the pass changes.
class WaitingMap {
public:
  WaitingMap(SmallVectorImpl<const char *> &arguments, LldArguments &known);
  void print();

private:
  SmallString<128> path;
  std::string option;
};
} // namespace

WaitingMap::WaitingMap(SmallVectorImpl<const char *> &arguments,
                       LldArguments &known) {
  if (known.map != "-" ||
      sys::fs::createTemporaryFile("objprelink", "map", path))
    return;
  sys::RemoveFileOnSignal(path);
  option = ("-Map=" + path).str();
  known.map = path;
  // -M wins over -Map wherever they are.
  erase_if(arguments, [](StringRef argument) {
    return argument == "-M" || argument == "--print-map" ||
           argument == "-print-map";
  });
  arguments.push_back(option.c_str());
}

void WaitingMap::print() {
  if (path.empty())
    return;
  if (auto text = MemoryBuffer::getFile(path))
    outs() << (*text)->getBuffer();
  sys::fs::remove(path);
  sys::DontRemoveFileOnSignal(path);
}

int link(ArrayRef<const char *> arguments, const LinkOptions &options) {
  const StringRef program = sys::path::filename(arguments[0]);
  SmallVector<const char *, 256> toLld(arguments);
  LldArguments known = readLldArguments(arguments.drop_front());
  std::optional<WaitingMap> map;
  if (options.mode != LinkMode::Off)
    map.emplace(toLld, known);
  ImagePass pass(program, options, known);
  const auto run = [&](StringRef path, Bytes contents, PendingFile &file) {
    return pass.run(path, contents, file);
  };
  setOutputPass(run);

  bool ok = lld::elf::link(toLld, outs(), errs(), /*exitEarly=*/true,
                           /*disableOutput=*/false);
  if (map)
    map->print();
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
