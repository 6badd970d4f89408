#include "Loader/Sysroot.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <climits>
#include <sys/stat.h>
#include <unistd.h>

using namespace llvm;

namespace objprelink {

/// As many as Linux follows (path_resolution(7)).
static constexpr unsigned kMostLinks = 40;

/// Puts the components of \p path before those that are still to be walked,
/// which are in reverse order.
static void pushComponents(StringRef path, SmallVector<std::string> &left) {
  SmallVector<StringRef> parts;
  path.split(parts, '/', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  for (StringRef part : reverse(parts))
    left.push_back(part.str());
}

std::optional<std::string> Sysroot::resolve(StringRef path) const {
  if (folder.empty())
    return path.str();
  SmallVector<std::string> left;
  pushComponents(path, left);
  // Where we are below the folder, links resolved.
  SmallString<256> at;
  unsigned links = 0;
  while (!left.empty()) {
    const std::string part = left.pop_back_val();
    if (part == ".")
      continue;
    if (part == "..") {
      at = sys::path::parent_path(at);
      continue;
    }
    SmallString<256> next = at;
    next += "/" + part;
    const std::string full = folder + next.str().str();
    struct stat status;
    if (lstat(full.c_str(), &status))
      return std::nullopt;
    if (!S_ISLNK(status.st_mode)) {
      at = next;
      continue;
    }
    char target[PATH_MAX];
    const ssize_t size = readlink(full.c_str(), target, sizeof target);
    if (size <= 0 || size == sizeof target || ++links > kMostLinks)
      return std::nullopt;
    const StringRef link(target, size);
    if (link.starts_with("/"))
      at.clear();
    pushComponents(link, left);
  }
  return folder + at.str().str();
}

std::optional<std::string> Sysroot::realPath(StringRef path) const {
  if (!folder.empty()) {
    std::optional<std::string> host = resolve(path);
    if (host)
      host->erase(0, folder.size());
    return host;
  }
  SmallString<256> real;
  if (sys::fs::real_path(path, real))
    return std::nullopt;
  return real.str().str();
}

Expected<std::string> pathInside(StringRef root, StringRef path) {
  SmallString<256> realRoot;
  if (std::error_code e = sys::fs::real_path(root, realRoot))
    return error("{0}: {1}", root, e.message());
  if (realRoot == "/")
    realRoot.clear();
  StringRef inside = path;
  if (!inside.consume_front(realRoot) || !inside.starts_with("/"))
    return error("it is not in the sysroot {0}", root);
  return inside.str();
}

} // namespace objprelink
