#include "Program/Entry.h"
#include "Program/DesktopEntry.h"
#include "Program/Launcher.h"
#include "Runtime/Name.h"
#include "Support/Diagnostics.h"
#include "Support/InputFile.h"
#include "Support/Json.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace objprelink {

/// Grows when the meaning of a key changes or a key goes.
static constexpr int kRecordVersion = 1;
/// The largest record that is read.
static constexpr size_t kLargestRecord = 1 << 20;

std::string printRecord(const Entry &entry) {
  std::string out;
  raw_string_ostream stream(out);
  json::OStream json(stream, /*IndentSize=*/2);
  const auto list = [&](StringRef key, ArrayRef<std::string> values) {
    json.attributeArray(key, [&] {
      for (const std::string &value : values)
        json.value(value);
    });
  };
  json.object([&] {
    json.attribute("version", kRecordVersion);
    json.attribute("name", entry.name);
    list("paths", entry.paths);
    json.attribute("program", entry.program);
    list("via", entry.via);
    json.attributeArray("launchers", [&] {
      for (const Launcher &launcher : entry.launchers)
        json.object([&] {
          json.attribute("name", launcher.name);
          json.attribute("path", launcher.path);
        });
    });
    json.attributeArray("desktop", [&] {
      for (const DesktopCopy &copy : entry.desktop)
        json.object([&] {
          json.attribute("source", copy.source);
          json.attribute("copy", copy.copy);
        });
    });
    list("folders", entry.folders);
  });
  return out + "\n";
}

static bool readList(const json::Object &object, StringRef key,
                     std::vector<std::string> &out) {
  const json::Array *array = object.getArray(key);
  for (size_t i = 0; array && i < array->size(); ++i) {
    const std::optional<StringRef> text = (*array)[i].getAsString();
    if (!text)
      return false;
    out.push_back(text->str());
  }
  return array;
}

/// Reads an array of objects with two texts each.
template <class T>
static bool readPairs(const json::Object &object, StringRef key,
                      StringRef first, StringRef second, std::vector<T> &out) {
  const json::Array *array = object.getArray(key);
  for (size_t i = 0; array && i < array->size(); ++i) {
    const json::Object *pair = (*array)[i].getAsObject();
    const std::optional<StringRef> a =
        pair ? pair->getString(first) : std::nullopt;
    const std::optional<StringRef> b =
        pair ? pair->getString(second) : std::nullopt;
    if (!a || !b)
      return false;
    out.push_back({a->str(), b->str()});
  }
  return array;
}

Expected<Entry> readRecord(StringRef text) {
  Expected<json::Value> value = parseJson(text, kLargestRecord);
  if (!value)
    return value.takeError();
  const json::Object *object = value->getAsObject();
  if (!object)
    return error("it is not a record of objprelink-program");
  if (object->getInteger("version") != kRecordVersion)
    return error("it is the record of another version of objprelink-program");
  Entry out;
  const std::optional<StringRef> name = object->getString("name");
  const std::optional<StringRef> program = object->getString("program");
  // A name is part of paths that are written to and removed.
  if (!name || name->empty() || name->contains('/') || !program ||
      !readList(*object, "paths", out.paths) || out.paths.empty() ||
      !readList(*object, "via", out.via) ||
      !readPairs(*object, "launchers", "name", "path", out.launchers) ||
      !readPairs(*object, "desktop", "source", "copy", out.desktop) ||
      !readList(*object, "folders", out.folders))
    return error("it is not a whole record of objprelink-program");
  for (const Launcher &launcher : out.launchers)
    if (StringRef(launcher.name).contains('/'))
      return error("the name of a launcher has a slash: {0}", launcher.name);
  out.name = name->str();
  out.program = program->str();
  return out;
}

Expected<std::vector<Entry>> readEntries(const Places &places) {
  std::vector<Entry> out;
  std::error_code ec;
  for (sys::fs::directory_iterator at(places.folder, ec), end; at != end && !ec;
       at.increment(ec)) {
    if (sys::path::extension(at->path()) != ".json")
      continue;
    Expected<InputFile> file = InputFile::open(at->path());
    if (!file)
      return inContext(at->path(), file.takeError());
    Expected<Entry> entry = readRecord(toStringRef(file->bytes()));
    if (!entry)
      return inContext(at->path(), entry.takeError());
    out.push_back(std::move(*entry));
  }
  if (ec && ec != std::errc::no_such_file_or_directory)
    return error("{0}: {1}", places.folder, ec.message());
  llvm::sort(out,
             [](const Entry &a, const Entry &b) { return a.name < b.name; });
  return out;
}

const Entry *findEntry(ArrayRef<Entry> entries, StringRef name) {
  SmallString<128> absolute = name;
  if (name.contains('/'))
    (void)sys::fs::make_absolute(absolute);
  const auto is = [&](const Entry &entry) {
    if (!name.contains('/'))
      return entry.name == name ||
             any_of(entry.launchers, [&](const Launcher &launcher) {
               return launcher.name == name;
             });
    return entry.program == absolute || is_contained(entry.paths, absolute) ||
           any_of(entry.launchers, [&](const Launcher &launcher) {
             return launcher.path == absolute;
           });
  };
  const auto found = llvm::find_if(entries, is);
  return found == entries.end() ? nullptr : &*found;
}

/// The contents of \p path; empty if it cannot be read.
static std::string contentsOf(const std::string &path) {
  Expected<InputFile> file = InputFile::open(path);
  if (file)
    return toStringRef(file->bytes()).str();
  consumeError(file.takeError());
  return {};
}

static Error removeFile(const std::string &path) {
  if (const std::error_code ec = sys::fs::remove(path))
    return error("{0}: {1}", path, ec.message());
  return Error::success();
}

Error removeCopies(const Places &places, const Entry &entry) {
  Error errors = Error::success();
  for (const DesktopCopy &copy : entry.desktop)
    if (valueInDesktopEntry(contentsOf(copy.copy), kDesktopMark) == entry.name)
      errors = joinErrors(std::move(errors), removeFile(copy.copy));
  for (const Launcher &launcher : entry.launchers)
    if (isLauncher(contentsOf(places.launcherOf(launcher.name))))
      errors = joinErrors(std::move(errors),
                          removeFile(places.launcherOf(launcher.name)));
  return errors;
}

Error removeFiles(const Places &places, const Entry &entry) {
  Error errors = removeCopies(places, entry);
  removeLeftovers(places.folder);
  removeLeftovers(places.folder + "/bin");
  for (const DesktopCopy &copy : entry.desktop)
    removeLeftovers(sys::path::parent_path(copy.copy));
  const std::string table = places.tableOf(entry.name);
  for (StringRef ending : {"", PREBOUND_MARK, PREBOUND_RECORD})
    errors = joinErrors(std::move(errors), removeFile(table + ending.str()));
  // What is left is known by the record.
  if (errors)
    return errors;
  if (Error e = removeFile(places.recordOf(entry.name)))
    return e;
  // Folders with files of other entries stay.
  for (const std::string &path : {places.folder + "/bin", places.folder})
    (void)::rmdir(path.c_str());
  for (const std::string &path : reverse(entry.folders))
    (void)::rmdir(path.c_str());
  return Error::success();
}

Error removeEntry(const Places &places, const Entry &entry) {
  std::vector<std::string> made;
  Expected<FolderLock> lock = FolderLock::take(places.folder, made);
  return lock ? removeFiles(places, entry) : lock.takeError();
}

} // namespace objprelink
