#include "Linker/LldHooks.h"
#include "Support/LLVMVersion.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Option/ArgList.h"
#include "llvm/Support/FileSystem.h"
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

ErrorOr<std::unique_ptr<MemoryBuffer>> readFile(
    const Twine &path, bool isText, bool requiresZero, bool isVolatile,
    std::optional<Align> alignment) asm("__wrap__ZN4llvm12MemoryBuffer7getFileE"
                                        "RKNS_5TwineEbbbSt8optionalINS_"
                                        "5AlignEE");
ErrorOr<std::unique_ptr<MemoryBuffer>> readFileByLlvm(
    const Twine &path, bool isText, bool requiresZero, bool isVolatile,
    std::optional<Align> alignment) asm("__real__ZN4llvm12MemoryBuffer7getFileE"
                                        "RKNS_5TwineEbbbSt8optionalINS_"
                                        "5AlignEE");

std::error_code checkAccess(const Twine &path, sys::fs::AccessMode mode) asm(
    "__wrap__ZN4llvm3sys2fs6accessERKNS_5TwineENS1_10AccessModeE");
std::error_code
checkAccessByLlvm(const Twine &path, sys::fs::AccessMode mode) asm(
    "__real__ZN4llvm3sys2fs6accessERKNS_5TwineENS1_10AccessModeE");

[[noreturn]] void exitNow(int status) asm("__wrap__ZN3lld7exitLldEi");
[[noreturn]] void exitByLld(int status) asm("__real__ZN3lld7exitLldEi");

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

LldHooks setLldHooks(LldHooks newHooks) {
  return std::exchange(hooks, std::move(newHooks));
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
  if (hooks.reportFile) {
    const int fd = hooks.reportFile(name);
    if (fd >= 0)
      return raw_fd_ostream(fd, /*shouldClose=*/false);
    return raw_fd_ostream("/dev/null", ec);
  }
  return openReportByLld(context, name, ec);
}

/// llvm::MemoryBuffer::getFile.
ErrorOr<std::unique_ptr<MemoryBuffer>>
readFile(const Twine &path, bool isText, bool requiresZero, bool isVolatile,
         std::optional<Align> alignment) {
  // What else LLVM reads is for itself.
  const bool isInput = !isText && !requiresZero && !isVolatile;
  SmallString<256> storage;
  const StringRef name = path.toStringRef(storage);
  if (isInput && hooks.readFile)
    if (std::unique_ptr<MemoryBuffer> contents = hooks.readFile(name))
      return contents;
  auto contents =
      readFileByLlvm(path, isText, requiresZero, isVolatile, alignment);
  if (isInput && contents && hooks.fileRead)
    hooks.fileRead(name, **contents);
  return contents;
}

/// llvm::sys::fs::access, which exists() is.
std::error_code checkAccess(const Twine &path, sys::fs::AccessMode mode) {
  if (hooks.hasFile && mode == sys::fs::AccessMode::Exist) {
    SmallString<256> storage;
    if (hooks.hasFile(path.toStringRef(storage)))
      return {};
  }
  return checkAccessByLlvm(path, mode);
}

/// lld::exitLld, where other files call it.
void exitNow(int status) {
  if (hooks.ending)
    hooks.ending();
  exitByLld(status);
}

/// lld::elf::createResponseFile.
std::string recordOptions(const opt::InputArgList &args) {
  return recordOptionsByLld(args) + hooks.recordedOptions;
}
