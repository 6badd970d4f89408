#include "Program/Transaction.h"
#include "Loader/Sysroot.h"
#include "Support/Diagnostics.h"
#include "Support/InputFile.h"
#include "Support/Json.h"
#include "Support/OutputFile.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

using namespace llvm;

namespace objprelink {

static constexpr StringLiteral kEnding = ".objprelink-new";
/// The largest journal that is read.
static constexpr size_t kLargestJournal = 16 << 20;

std::string Root::host(StringRef path) const {
  const Sysroot sysroot(folder);
  StringRef there = path;
  // What is not there cannot be a link.
  while (!there.empty())
    if (std::optional<std::string> host = sysroot.resolve(there))
      return *host + path.drop_front(there.size()).str();
    else
      there = there.take_front(there.rfind('/'));
  return folder + path.str();
}

/// Folders that are known to be ours by their names, the lowest first.
static constexpr StringLiteral kOurs[] = {
    Root::kImageFolder, "/var/lib/objprelink/bin", Root::kFolder};

static bool isOurs(StringRef path) {
  return is_contained(kOurs, path);
}

static std::string journalOf(const Root &root) {
  return root.host((Root::kImageFolder + "/journal.json").str());
}

Error syncFile(const std::string &path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool failed = fd < 0 || ::fsync(fd);
  Error e =
      failed ? error("{0}: {1}", path, std::strerror(errno)) : Error::success();
  if (fd >= 0)
    ::close(fd);
  return e;
}

static std::string folderOf(const std::string &path) {
  return sys::path::parent_path(path).str();
}

static void printList(json::OStream &json, StringRef key,
                      ArrayRef<std::string> values) {
  json.attributeArray(key, [&] {
    for (const std::string &value : values)
      json.value(value);
  });
}

Error Transaction::writeJournal(StringRef state) const {
  std::string text;
  raw_string_ostream stream(text);
  json::OStream json(stream, /*IndentSize=*/2);
  json.object([&] {
    json.attribute("version", 1);
    json.attribute("state", state);
    printList(json, "written", written);
    printList(json, "removed", removed);
    printList(json, "folders", folders);
  });
  const std::string path = journalOf(*root);
  Expected<PendingFile> file = PendingFile::create(path, 0644);
  if (!file)
    return inContext(path, file.takeError());
  if (Error e = file->fill(arrayRefFromStringRef(text)))
    return inContext(path, std::move(e));
  if (::fsync(file->fd()))
    return error("{0}: {1}", path, std::strerror(errno));
  if (Error e = file->keep())
    return inContext(path, std::move(e));
  return syncFile(folderOf(path));
}

/// Reads a list of paths. What is not inside of the root is refused: somebody
/// else may have made the root.
static bool readPaths(const json::Object &object, StringRef key,
                      const Root &root, std::vector<std::string> &out) {
  const json::Array *array = object.getArray(key);
  for (size_t i = 0; array && i < array->size(); ++i) {
    const std::optional<StringRef> path = (*array)[i].getAsString();
    if (!path || !path->starts_with("/") ||
        is_contained(split(*path, '/'), ".."))
      return false;
    out.push_back(path->str());
  }
  return array;
}

/// Completes or takes back what the journal tells of.
Error Transaction::recover(std::string &said) {
  const std::string path = journalOf(*root);
  if (!sys::fs::exists(path))
    return Error::success();
  Expected<InputFile> file = InputFile::open(path);
  if (!file)
    return inContext(path, file.takeError());
  Expected<json::Value> value =
      parseJson(toStringRef(file->bytes()), kLargestJournal);
  if (!value)
    return inContext(path, value.takeError());
  const json::Object *object = value->getAsObject();
  const std::optional<StringRef> state =
      object ? object->getString("state") : std::nullopt;
  if (!state || object->getInteger("version") != 1 ||
      !readPaths(*object, "written", *root, written) ||
      !readPaths(*object, "removed", *root, removed) ||
      !readPaths(*object, "folders", *root, folders))
    return error("{0}: it is not a journal of this version of "
                 "objprelink-program",
                 path);
  const bool isWritten = *state == "written";
  if (Error e = isWritten ? perform() : takeBack())
    return e;
  said = isWritten ? "what a process that was killed had begun is completed"
                   : "what a process that was killed had begun is taken back";
  written.clear();
  removed.clear();
  return Error::success();
}

Expected<Transaction> Transaction::begin(const Root &root, std::string &said) {
  std::vector<std::string> made;
  const std::string folder = root.host(Root::kFolder);
  Expected<FolderLock> lock = FolderLock::take(folder, made);
  if (!lock)
    return lock.takeError();
  Transaction out(root, std::move(*lock));
  const std::string images = root.host(Root::kImageFolder);
  if (Error e = makeFolder(images, made))
    return e;
  removeLeftovers(images);
  if (Error e = out.recover(said))
    return e;
  for (const std::string &path : made)
    if (!isOurs(StringRef(path).drop_front(root.folder.size())))
      out.folders.push_back(path.substr(root.folder.size()));
  return out;
}

std::string Transaction::temporaryOf(StringRef path) const {
  return root->host(path) + kEnding.str();
}

Error Transaction::prepare(std::vector<std::string> files,
                           std::vector<std::string> others) {
  written = std::move(files);
  removed = std::move(others);
  isPrepared = true;
  // Folders are made later, but nobody else may forget them.
  std::vector<std::string> made;
  for (const std::string &path : written)
    for (std::string at = folderOf(path); !sys::fs::exists(root->host(at));
         at = folderOf(at))
      if (!is_contained(folders, at) && !isOurs(at))
        made.push_back(at);
  llvm::sort(made);
  made.erase(llvm::unique(made), made.end());
  append_range(folders, made);
  if (Error e = writeJournal("begun"))
    return e;
  std::vector<std::string> ignored;
  for (const std::string &path : written)
    if (Error e = makeFolder(root->host(folderOf(path)), ignored))
      return e;
  return Error::success();
}

void Transaction::leave(StringRef path) {
  (void)sys::fs::remove(temporaryOf(path));
  llvm::erase(written, path);
}

/// Gives all files their names. Some may have them already.
Error Transaction::perform() {
  std::vector<std::string> touched;
  for (const std::string &path : written) {
    const std::string temporary = temporaryOf(path);
    if (!sys::fs::exists(temporary))
      continue;
    if (const std::error_code ec = sys::fs::rename(temporary, root->host(path)))
      return error("{0}: {1}", path, ec.message());
    touched.push_back(folderOf(temporary));
  }
  for (const std::string &path : removed)
    if (const std::error_code ec = sys::fs::remove(root->host(path)))
      return error("{0}: {1}", path, ec.message());
  llvm::sort(touched);
  touched.erase(llvm::unique(touched), touched.end());
  for (const std::string &folder : touched)
    if (Error e = syncFile(folder))
      return e;
  if (const std::error_code ec = sys::fs::remove(journalOf(*root)))
    return error("{0}: {1}", journalOf(*root), ec.message());
  return Error::success();
}

Error Transaction::takeBack() {
  for (const std::string &path : written) {
    const std::string temporary = temporaryOf(path);
    // Before it had this name, it had a longer one.
    removeLeftovers(folderOf(temporary));
    if (const std::error_code ec = sys::fs::remove(temporary))
      return error("{0}: {1}", temporary, ec.message());
  }
  if (const std::error_code ec = sys::fs::remove(journalOf(*root)))
    return error("{0}: {1}", journalOf(*root), ec.message());
  return Error::success();
}

Error Transaction::commit() {
  for (const std::string &path : written)
    if (Error e = syncFile(temporaryOf(path)))
      return e;
  if (Error e = writeJournal("written"))
    return e;
  isPrepared = false;
  Error e = perform();
  leftToNext = bool(e);
  return e;
}

Error Transaction::abandon() {
  return std::exchange(isPrepared, false) ? takeBack() : Error::success();
}

Transaction::~Transaction() {
  // If that fails, the next one does it.
  consumeError(abandon());
  if (!root)
    return;
  // Those that are not empty stay.
  llvm::sort(folders);
  for (StringRef path : kOurs)
    ::rmdir(root->host(path).c_str());
  for (const std::string &path : reverse(folders))
    ::rmdir(root->host(path).c_str());
}

} // namespace objprelink
