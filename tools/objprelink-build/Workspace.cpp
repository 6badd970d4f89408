#include "Workspace.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <sys/stat.h>
#include <unistd.h>

using namespace llvm;

namespace objprelink {

// A signal handler reads these, so they are plain memory. A path is complete
// before it is counted.
static constexpr size_t kMost = 16;
static char paths[kMost][4096];
static volatile std::sig_atomic_t used = 0;

static void removePaths() {
  while (used > 0) {
    const int last = used - 1;
    ::remove(paths[last]);
    used = last;
  }
}

static void onSignal(int signal) {
  const int before = errno;
  removePaths();
  std::signal(signal, SIG_DFL);
  std::raise(signal);
  errno = before; // The first process of a container lives on.
}

static std::string add(const Twine &path) {
  const std::string text = path.str();
  if (text.size() < sizeof paths[0] && used < int(kMost)) {
    std::strcpy(paths[used], text.c_str());
    used = used + 1;
  }
  return text;
}

Error Workspace::create() {
  SmallString<128> path;
  if (std::error_code e =
          sys::fs::createUniqueDirectory("objprelink-build", path))
    return error("no temporary folder {0}: {1}", path, e.message());
  add(path);
  for (const int signal : {SIGTERM, SIGHUP})
    if (std::signal(signal, onSignal) == SIG_IGN)
      std::signal(signal, SIG_IGN); // As nohup wants it.
  return Error::success();
}

std::string Workspace::file(const Twine &name) {
  return add(Twine(paths[0]) + "/" + name);
}

Expected<std::string> Workspace::folder(const Twine &name) {
  const std::string path = file(name);
  if (std::error_code e = sys::fs::create_directory(path))
    return error("{0}: {1}", path, e.message());
  return path;
}

Expected<std::string> Workspace::link(const Twine &name, StringRef target) {
  const std::string path = file(name);
  if (std::error_code e = sys::fs::create_link(target, path))
    return error("{0}: {1}", path, e.message());
  return path;
}

void Workspace::remove() {
  removePaths();
}

} // namespace objprelink
