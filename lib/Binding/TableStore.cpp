#include "Binding/TableStore.h"
#include "Loader/Sysroot.h"
#include "Runtime/Name.h"
#include "Runtime/System.h"
#include "Support/Diagnostics.h"
#include "Support/InputFile.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include <cstring>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

using namespace llvm;

namespace objprelink {

Expected<std::string> defaultTableFolder() {
  if (::geteuid() == 0)
    return PREBOUND_SYSTEM_FOLDER;
  const auto folder = [](const char *name, StringRef below) -> std::string {
    const std::string value = sys::Process::GetEnv(name).value_or("");
    return sys::path::is_absolute(value) ? value + below.str() : std::string();
  };
  std::string cache = folder("XDG_CACHE_HOME", "");
  if (cache.empty())
    cache = folder("HOME", "/.cache");
  if (cache.empty())
    return error("neither XDG_CACHE_HOME nor HOME is an absolute path");
  return cache + "/" PREBOUND_USER_FOLDER;
}

std::string tableName(StringRef path) {
  char name[PREBOUND_NAME_SIZE];
  preboundName(path.data(), path.size(), name);
  return name;
}

Error prepareFolder(StringRef folder) {
  if (const std::error_code ec = sys::fs::create_directories(
          folder, /*IgnoreExisting=*/true,
          sys::fs::owner_all | sys::fs::all_read | sys::fs::all_exe))
    return error("{0}: {1}", folder, ec.message());
  struct stat status;
  if (::stat(folder.str().c_str(), &status))
    return error("{0}: {1}", folder, ::strerror(errno));
  if (!S_ISDIR(status.st_mode))
    return error("{0} is not a folder", folder);
  if (status.st_uid != ::geteuid() && status.st_uid != 0)
    return error("{0} belongs to user {1}", folder, status.st_uid);
  if (status.st_mode & (S_IWGRP | S_IWOTH))
    return error("{0} may be written by others than its owner", folder);
  return Error::success();
}

Expected<TableFile> TableFile::read(Bytes bytes) {
  TableFile out;
  // The reader wants them aligned, as a mapping is.
  out.owned = std::make_unique<ByteVector>(bytes.begin(), bytes.end());
  out.bytes = *out.owned;
  if (const char *reason = preboundRead(out.owned->data(), out.owned->size(),
                                        /*summed=*/1, &out.table))
    return error("{0}", reason);
  return out;
}

Expected<TableFile> TableFile::open(StringRef path) {
  Expected<InputFile> file = InputFile::open(path);
  if (!file)
    return file.takeError();
  return read(file->bytes());
}

uint64_t TableFile::wordCount(const PreboundObject &object) const {
  uint64_t out = 0;
  for (const PreboundStrip &strip : entries<PreboundStrip>(object.strips))
    out += strip.count;
  return out;
}

std::string TableFile::staleness(StringRef root) const {
  const Sysroot sysroot(root);
  for (const PreboundObject &object : concat<const PreboundObject>(
           ArrayRef(table.objects, table.objectCount),
           ArrayRef(table.opened, table.header->opened.count))) {
    const std::string path = text(object.path).str();
    const std::optional<std::string> place = sysroot.resolve(path);
    struct stat status;
    if (!place)
      return path + ": it is not there";
    if (::stat(place->c_str(), &status))
      return path + ": " + ::strerror(errno);
    if (!preboundIsSame(place->c_str(), &object.file))
      return path + ": the file has been changed";
  }
  return {};
}

PreboundStarts countStarts(StringRef path) {
  PreboundStarts out = {};
  if (::getxattr(path.str().c_str(), PREBOUND_COUNTS, &out, sizeof(out)) !=
      sizeof(out))
    return {};
  return out;
}

bool isMarked(StringRef path) {
  return sys::fs::exists(path + PREBOUND_MARK);
}

void removeMark(StringRef path) {
  // If it stays, the table is made once more than it has to be.
  (void)sys::fs::remove(path + PREBOUND_MARK);
}

Expected<std::vector<std::string>> listTables(StringRef folder) {
  std::vector<std::string> out;
  std::error_code ec;
  for (sys::fs::directory_iterator at(folder, ec), end; at != end && !ec;
       at.increment(ec))
    // A maker that was killed may have left one without its name.
    if (StringRef name = sys::path::filename(at->path());
        !name.contains(".objprelink-") && !name.ends_with(PREBOUND_RECORD) &&
        !name.ends_with(PREBOUND_MARK))
      out.push_back(at->path());
  if (ec && ec != std::errc::no_such_file_or_directory)
    return error("{0}: {1}", folder, ec.message());
  llvm::sort(out);
  return out;
}

} // namespace objprelink
