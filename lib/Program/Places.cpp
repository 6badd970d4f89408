#include "Program/Places.h"
#include "Binding/TableStore.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace llvm;

namespace objprelink {

static std::string absoluteValue(const char *name) {
  const std::string value = sys::Process::GetEnv(name).value_or("");
  return sys::path::is_absolute(value) ? value : std::string();
}

Expected<Places> findPlaces(bool isUsers) {
  Places out;
  std::string data;
  if (isUsers) {
    data = absoluteValue("XDG_DATA_HOME");
    if (data.empty() && !absoluteValue("HOME").empty())
      data = absoluteValue("HOME") + "/.local/share";
    if (data.empty())
      return error("neither XDG_DATA_HOME nor HOME is an absolute path");
    out.folder = data + "/objprelink";
  } else {
    data = "/usr/local/share";
    out.folder = "/var/lib/objprelink";
  }
  out.applications = data + "/applications";
  out.dataFolders.push_back(data);
  std::string all = sys::Process::GetEnv("XDG_DATA_DIRS").value_or("");
  if (all.empty())
    all = "/usr/local/share:/usr/share";
  for (StringRef folder : split(all, ':')) {
    folder = folder.rtrim('/');
    if (sys::path::is_absolute(folder) &&
        !is_contained(out.dataFolders, folder))
      out.dataFolders.push_back(folder.str());
  }
  const std::string self = sys::fs::getMainExecutable(nullptr, nullptr);
  out.starter = sys::path::parent_path(self).str() + "/objprelink-start";
  return out;
}

Error makeFolder(StringRef folder, std::vector<std::string> &made) {
  std::vector<std::string> missing;
  for (StringRef at = folder; !at.empty() && !sys::fs::exists(at);
       at = sys::path::parent_path(at))
    missing.push_back(at.str());
  for (const std::string &path : reverse(missing)) {
    if (const std::error_code ec = sys::fs::create_directory(
            path, /*IgnoreExisting=*/true,
            sys::fs::owner_all | sys::fs::all_read | sys::fs::all_exe))
      return error("{0}: {1}", path, ec.message());
    made.push_back(path);
  }
  return Error::success();
}

Expected<FolderLock> FolderLock::take(const std::string &folder,
                                      std::vector<std::string> &made) {
  for (;;) {
    if (Error e = makeFolder(folder, made))
      return e;
    if (Error e = prepareFolder(folder))
      return e;
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    FolderLock lock(fd);
    struct stat locked, now;
    if (fd < 0 || ::flock(fd, LOCK_EX) || ::fstat(fd, &locked))
      return error("{0}: {1}", folder, ::strerror(errno));
    // Who had it may have removed the folder.
    if (!::stat(folder.c_str(), &now) && now.st_ino == locked.st_ino &&
        now.st_dev == locked.st_dev)
      return lock;
  }
}

FolderLock::~FolderLock() {
  if (fd >= 0)
    ::close(fd);
}

void removeLeftovers(StringRef folder) {
  std::error_code ec;
  for (sys::fs::directory_iterator at(folder, ec), end; at != end && !ec;
       at.increment(ec))
    // The names of PendingFile.
    if (const StringRef name = sys::path::filename(at->path());
        name.drop_back(std::min<size_t>(name.size(), 8))
            .ends_with(".objprelink-"))
      (void)sys::fs::remove(at->path());
}

} // namespace objprelink
