#include "Binding/KnownPlugins.h"
#include "Binding/TableStore.h"
#include "Runtime/Name.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace llvm;

namespace objprelink {

/// The lines of \p path, where the runtime has written down plugins; none where
/// it is not there. What it names is executed: others may not have written it.
static Expected<std::vector<std::string>> readRecord(const std::string &path) {
  std::vector<std::string> out;
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0 && errno == ENOENT)
    return out;
  if (fd < 0)
    return error("{0}: {1}", path, ::strerror(errno));
  struct stat status;
  const bool isSafe = !::fstat(fd, &status) && S_ISREG(status.st_mode) &&
                      (status.st_uid == 0 || status.st_uid == ::geteuid()) &&
                      !(status.st_mode & (S_IWGRP | S_IWOTH));
  SmallString<0> text;
  Error e = isSafe ? sys::fs::readNativeFileToEOF(fd, text)
                   : error("another user may have written it");
  ::close(fd);
  if (e)
    return inContext(path, std::move(e));
  for (StringRef line : split(text, '\n'))
    // What was opened by a path of its folder is found no more.
    if (sys::path::is_absolute(line))
      out.push_back(line.str());
  return out;
}

/// The plugins of the table at \p path; none if it is not one.
static std::vector<std::string> readTable(const std::string &path) {
  std::vector<std::string> out;
  Expected<TableFile> file = TableFile::open(path);
  if (!file) {
    consumeError(file.takeError());
    return out;
  }
  const PreboundTable &table = file->table;
  for (const PreboundGroup &group :
       ArrayRef(table.groups, table.header->groups.count))
    out.push_back(file->text(table.opened[group.first].path).str());
  return out;
}

Expected<std::vector<std::string>>
recordedPlugins(const std::string &tablePath) {
  std::vector<std::string> out = readTable(tablePath);
  Expected<std::vector<std::string>> recorded =
      readRecord(tablePath + PREBOUND_RECORD);
  if (!recorded)
    return recorded.takeError();
  append_range(out, *recorded);
  return out;
}

static Expected<std::vector<std::string>> readNotes(ClosureRequest request) {
  request.dlopenNotes = true;
  Expected<Closure> closure = loadClosure(request);
  if (!closure)
    return closure.takeError();
  std::vector<std::string> out;
  for (ArrayRef<uint32_t> scope : drop_begin(closure->scopes))
    out.push_back(closure->libraries[scope.front()].path);
  return out;
}

Expected<std::vector<WantedPlugin>> findPlugins(PluginChoice choice,
                                                ArrayRef<std::string> named,
                                                const std::string &tablePath,
                                                const ClosureRequest &request) {
  std::vector<WantedPlugin> out;
  StringSet<> seen;
  const auto add = [&](ArrayRef<std::string> paths, bool isNamed) {
    for (const std::string &path : paths)
      if (seen.insert(path).second)
        out.push_back({path, isNamed});
  };
  add(named, /*isNamed=*/true);
  if (choice == PluginChoice::None)
    return out;
  Expected<std::vector<std::string>> recorded = recordedPlugins(tablePath);
  if (!recorded)
    return recorded.takeError();
  add(*recorded, /*isNamed=*/false);
  if (choice == PluginChoice::Notes) {
    Expected<std::vector<std::string>> noted = readNotes(request);
    if (!noted)
      return noted.takeError();
    add(*noted, /*isNamed=*/false);
  }
  return out;
}

} // namespace objprelink
