#include "Linker/LldHooks.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Option/ArgList.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

// The asm labels are the mangled names of LLD's functions; lib/CMakeLists.txt
// has the same names.
void keepOldOutput(StringRef path) asm(
    "__wrap__ZN3lld11unlinkAsyncEN4llvm9StringRefE");

raw_fd_ostream
openReport(void *context, StringRef name, std::error_code &ec) asm(
    "__wrap__ZN3lld3elf3Ctx17openAuxiliaryFileEN4llvm9StringRefE"
    "RSt10error_code");
raw_fd_ostream openReportByLld(
    void *context, StringRef name,
    std::error_code &ec) asm("__real__ZN3lld3elf3Ctx17openAuxiliaryFileEN4llvm"
                             "9StringRefERSt10error_code");

std::string recordOptions(const opt::InputArgList &args) asm(
    "__wrap__"
    "ZN3lld3elf18createResponseFileB5cxx11ERKN4llvm3opt12InputArgListE");
std::string recordOptionsByLld(const opt::InputArgList &args) asm(
    "__real__"
    "ZN3lld3elf18createResponseFileB5cxx11ERKN4llvm3opt12InputArgListE");

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

// LLD's functions have no argument that could lead here.
static LldHooks hooks;

void setLldHooks(LldHooks newHooks) {
  hooks = std::move(newHooks);
}

} // namespace objprelink

using objprelink::hooks;

/// LLD removes an old output before it makes the new one, if it has more than
/// one thread. Ours stays until the new one takes its name.
void keepOldOutput(StringRef) {}

/// lld::elf::Ctx::openAuxiliaryFile. The stream cannot be moved, so that it
/// goes to LLD without having been seen here.
raw_fd_ostream openReport(void *context, StringRef name, std::error_code &ec) {
  const scope_exit tell([&] {
    if (!ec && hooks.reportOpened)
      hooks.reportOpened(name);
  });
  return openReportByLld(context, name, ec);
}

/// lld::elf::createResponseFile.
std::string recordOptions(const opt::InputArgList &args) {
  return recordOptionsByLld(args) + hooks.recordedOptions;
}
