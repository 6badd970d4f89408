//===- Environment.cpp - what leads links to ld.objprelink ----------------===//
//
// A folder of linkers under all the usual names stands first in
//
//   PATH           where GCC looks for a linker that is not beside itself, and
//                  so do make recipes and scripts;
//   COMPILER_PATH  where GCC and clang look before the folders that they come
//                  with. clang finds the linkers of its own installation
//                  before those of PATH.
//
// The preloaded library (Preload.c) sees to linkers that are named by path.
//
//===----------------------------------------------------------------------===//

#include "Environment.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <cstdlib>
#include <unistd.h>

using namespace llvm;

namespace objprelink {

static constexpr StringLiteral kNames[] = {"ld", "ld.lld", "ld.bfd", "ld.gold",
                                           "ld.mold"};
static constexpr StringLiteral kLibrary = "libobjprelink-build.so";

static StringRef environment(const char *name) {
  const char *value = std::getenv(name);
  return value ? value : "";
}

static void setEnvironment(const Twine &name, const Twine &value) {
  setenv(name.str().c_str(), value.str().c_str(), /*overwrite=*/1);
}

/// A list of folders with \p folder first in it, once.
static std::string withFirst(StringRef folder, StringRef list) {
  if (list.split(':').first == folder)
    return list.str();
  return (folder + ":" + list).str();
}

/// The folder that this program was installed with, or built with.
static Expected<std::string> findFolder() {
  static char anchor;
  const std::string self = sys::fs::getMainExecutable("", &anchor);
  for (const StringRef place : {OBJPRELINK_SHIMS, "../libexec/objprelink"}) {
    SmallString<128> path(sys::path::parent_path(self));
    sys::path::append(path, place);
    sys::path::remove_dots(path, /*remove_dot_dot=*/true);
    if (sys::fs::is_directory(path))
      return std::string(path);
  }
  return error("no folder " OBJPRELINK_SHIMS " beside {0}", self);
}

/// The linker as an absolute path.
static Expected<std::string> findLinker(const BuildConfig &config,
                                        StringRef folder) {
  const std::string name =
      config.linker.empty() ? (folder + "/ld").str() : config.linker;
  SmallString<128> path;
  if (std::error_code e = sys::fs::real_path(name, path))
    return error("linker {0}: {1}", name, e.message());
  if (!sys::fs::can_execute(path) || sys::fs::is_directory(path))
    return error("linker {0}: not a program", name);
  return std::string(path);
}

/// The folder to put into PATH: the one that there is, unless it leads to
/// another linker or its name would be two.
static Expected<std::string> makeShims(const BuildConfig &config,
                                       StringRef folder, StringRef linker,
                                       Workspace &workspace) {
  if (config.linker.empty() && !folder.contains(':'))
    return folder.str();
  Expected<std::string> shims = workspace.folder("linkers");
  if (!shims)
    return shims;
  if (StringRef(*shims).contains(':'))
    return error("a folder in PATH cannot have a colon in its name: {0}; "
                 "set TMPDIR to another",
                 *shims);
  for (const StringRef name : kNames)
    if (Expected<std::string> link = workspace.link("linkers/" + name, linker);
        !link)
      return link;
  return shims;
}

/// Adds the library to LD_PRELOAD, after others: whatever they do to a call
/// they do first.
static Error addPreload(StringRef folder, Workspace &workspace) {
  if (!sys::fs::exists(folder + "/" + kLibrary))
    return error("{0}/{1}: no such file; --no-preload does without", folder,
                 kLibrary);
  std::string place = folder.str();
  if (folder.find_first_of(" :\t") != StringRef::npos) {
    Expected<std::string> link = workspace.link("preload", folder);
    if (!link)
      return link.takeError();
    place = *link;
    if (StringRef(place).find_first_of(" :\t") != StringRef::npos)
      return error("LD_PRELOAD cannot have a blank or a colon in a name: {0}; "
                   "set TMPDIR to another folder, or use --no-preload",
                   place);
  }
  // The loader replaces $LIB: 32-bit programs have a library of their own.
  const std::string library = (place + "/$LIB/" + kLibrary).str();
  const StringRef old = environment("LD_PRELOAD");
  if (!old.contains(library))
    setEnvironment("LD_PRELOAD", old + (old.empty() ? "" : ":") + library);
  // AddressSanitizer, as a shared library, wants to be the first one.
  const StringRef asan = environment("ASAN_OPTIONS");
  if (!asan.contains("verify_asan_link_order="))
    setEnvironment("ASAN_OPTIONS", asan + (asan.empty() ? "" : ":") +
                                       "verify_asan_link_order=0");
  return Error::success();
}

static Expected<Logs> openLogs(const BuildConfig &config,
                               Workspace &workspace) {
  Logs logs;
  logs.links = workspace.file("log");
  logs.caught = workspace.file("caught");
  logs.outer = environment("OBJPRELINK_LOG").str();
  if (config.log.empty())
    return logs;

  // Links run anywhere.
  SmallString<128> path(config.log);
  if (std::error_code e = sys::fs::make_absolute(path))
    return error("{0}: {1}", config.log, e.message());
  int fd;
  std::error_code e = sys::fs::openFileForWrite(
      path, fd, sys::fs::CD_OpenAlways, sys::fs::OF_Append);
  if (e)
    return error("{0}: {1}", config.log, e.message());
  sys::fs::file_status status;
  e = sys::fs::status(fd, status);
  ::close(fd);
  if (e)
    return error("{0}: {1}", config.log, e.message());
  logs.links = std::string(path);
  logs.start = status.getSize();
  logs.keepCaught = true;
  if (logs.outer == logs.links)
    logs.outer.clear();
  return logs;
}

Expected<Logs> prepareEnvironment(const BuildConfig &config,
                                  Workspace &workspace) {
  Expected<std::string> folder = findFolder();
  if (!folder)
    return folder.takeError();
  Expected<std::string> linker = findLinker(config, *folder);
  if (!linker)
    return linker.takeError();
  if (Error e = workspace.create())
    return e;
  Expected<Logs> logs = openLogs(config, workspace);
  if (!logs)
    return logs;
  Expected<std::string> shims = makeShims(config, *folder, *linker, workspace);
  if (!shims)
    return shims.takeError();

  const char *path = std::getenv("PATH");
  setEnvironment("PATH", withFirst(*shims, path ? path : "/bin:/usr/bin"));
  const StringRef compilerPath = environment("COMPILER_PATH");
  setEnvironment("COMPILER_PATH", compilerPath.empty()
                                      ? *shims
                                      : withFirst(*shims, compilerPath));
  setEnvironment("OBJPRELINK_LOG", logs->links);
  if (!config.mode.empty())
    setEnvironment("OBJPRELINK", config.mode);
  if (!config.underneath.empty())
    setEnvironment("OBJPRELINK_LINKER", config.underneath);
  for (const char *name : {"LINKER", "SHIMS", "OBJPRELINK_LOG"})
    unsetenv((Twine("OBJPRELINK_BUILD_") + name).str().c_str());
  if (!config.preload)
    return logs;
  setEnvironment("OBJPRELINK_BUILD_LINKER", *linker);
  setEnvironment("OBJPRELINK_BUILD_SHIMS", *shims);
  setEnvironment("OBJPRELINK_BUILD_OBJPRELINK_LOG", logs->caught);
  if (Error e = addPreload(*folder, workspace))
    return e;
  return logs;
}

} // namespace objprelink
