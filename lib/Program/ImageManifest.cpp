#include "Program/ImageManifest.h"
#include "Support/Diagnostics.h"
#include "Support/InputFile.h"
#include "Support/Json.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/SHA256.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace objprelink {

static constexpr int kManifestVersion = 1;
static constexpr size_t kLargestManifest = 64 << 20;

Expected<std::string> hashFile(const std::string &path) {
  Expected<InputFile> file = InputFile::open(path);
  if (!file)
    return inContext(path, file.takeError());
  return toHex(SHA256::hash(file->bytes()), /*LowerCase=*/true);
}

static void printList(json::OStream &json, StringRef key,
                      ArrayRef<std::string> values) {
  json.attributeArray(key, [&] {
    for (const std::string &value : values)
      json.value(value);
  });
}

template <class T, class Print>
static void printObjects(json::OStream &json, StringRef key, ArrayRef<T> all,
                         Print print) {
  json.attributeArray(key, [&] {
    for (const T &one : all)
      json.object([&] { print(one); });
  });
}

std::string printManifest(const ImageManifest &manifest) {
  std::string out;
  raw_string_ostream stream(out);
  json::OStream json(stream, /*IndentSize=*/2);
  json.object([&] {
    json.attribute("version", kManifestVersion);
    json.attribute("tool", "objprelink " OBJPRELINK_VERSION);
    printObjects(json, "programs", ArrayRef(manifest.programs),
                 [&](const ImageProgram &program) {
                   json.attribute("name", program.name);
                   json.attribute("program", program.program);
                   json.attribute("no_table", program.noTable);
                   json.attribute("objects", program.objects);
                   json.attribute("bound", program.bound);
                   json.attribute("table_bytes", program.tableBytes);
                 });
    printObjects(json, "libraries", ArrayRef(manifest.libraries),
                 [&](const RewrittenLibrary &library) {
                   json.attribute("path", library.path);
                   json.attribute("how", library.how);
                   printList(json, "options", library.options);
                   json.attribute("slots", library.slots);
                   json.attribute("functions", library.functions);
                   json.attribute("look_ups_before", library.lookUpsBefore);
                   json.attribute("look_ups_after", library.lookUpsAfter);
                   json.attribute("size_before", library.sizeBefore);
                   json.attribute("size_after", library.sizeAfter);
                   json.attribute("sha256_before", library.before);
                   json.attribute("sha256_after", library.after);
                 });
    printObjects(json, "left", ArrayRef(manifest.left),
                 [&](const LeftLibrary &library) {
                   json.attribute("path", library.path);
                   json.attribute("reason", library.reason);
                 });
    printObjects(json, "files", ArrayRef(manifest.files),
                 [&](const AddedFile &file) {
                   json.attribute("path", file.path);
                   json.attribute("sha256", file.hash);
                 });
    printList(json, "given_up", manifest.givenUp);
    printList(json, "folders", manifest.folders);
  });
  return out + "\n";
}

namespace {
/// Reads members of an object; the first one that is not there, or of another
/// kind, spoils it.
class Reader {
public:
  explicit Reader(const json::Object *object, bool &good)
      : object(object), good(good) {
    good &= object != nullptr;
  }
  void read(StringRef key, std::string &out) {
    const std::optional<StringRef> text =
        object ? object->getString(key) : std::nullopt;
    good &= text.has_value();
    out = text.value_or("").str();
  }
  void read(StringRef key, uint64_t &out) {
    const std::optional<int64_t> number =
        object ? object->getInteger(key) : std::nullopt;
    good &= number && *number >= 0;
    out = number.value_or(0);
  }
  void read(StringRef key, std::vector<std::string> &out) {
    forEach(key, [&](const json::Value &value) {
      const std::optional<StringRef> text = value.getAsString();
      good &= text.has_value();
      out.push_back(text.value_or("").str());
    });
  }
  /// A path of the root.
  void readPath(StringRef key, std::string &out) {
    read(key, out);
    good &= StringRef(out).starts_with("/") &&
            !is_contained(split(StringRef(out), '/'), "..");
  }
  template <class T, class Read>
  void readObjects(StringRef key, std::vector<T> &out, Read readOne) {
    forEach(key, [&](const json::Value &value) {
      Reader one(value.getAsObject(), good);
      readOne(one, out.emplace_back());
    });
  }

private:
  template <class Show> void forEach(StringRef key, Show show) {
    const json::Array *array = object ? object->getArray(key) : nullptr;
    good &= array != nullptr;
    for (size_t i = 0; array && i < array->size(); ++i)
      show((*array)[i]);
  }

  const json::Object *object;
  bool &good;
};
} // namespace

static bool readObject(const json::Object *object, ImageManifest &out) {
  bool good = true;
  Reader reader(object, good);
  uint64_t version = 0;
  reader.read("version", version);
  good &= version == kManifestVersion;
  reader.readObjects("programs", out.programs,
                     [](Reader &one, ImageProgram &program) {
                       one.read("name", program.name);
                       one.readPath("program", program.program);
                       one.read("no_table", program.noTable);
                       one.read("objects", program.objects);
                       one.read("bound", program.bound);
                       one.read("table_bytes", program.tableBytes);
                     });
  reader.readObjects("libraries", out.libraries,
                     [](Reader &one, RewrittenLibrary &library) {
                       one.readPath("path", library.path);
                       one.read("how", library.how);
                       one.read("options", library.options);
                       one.read("slots", library.slots);
                       one.read("functions", library.functions);
                       one.read("look_ups_before", library.lookUpsBefore);
                       one.read("look_ups_after", library.lookUpsAfter);
                       one.read("size_before", library.sizeBefore);
                       one.read("size_after", library.sizeAfter);
                       one.read("sha256_before", library.before);
                       one.read("sha256_after", library.after);
                     });
  reader.readObjects("left", out.left, [](Reader &one, LeftLibrary &library) {
    one.readPath("path", library.path);
    one.read("reason", library.reason);
  });
  reader.readObjects("files", out.files, [](Reader &one, AddedFile &file) {
    one.readPath("path", file.path);
    one.read("sha256", file.hash);
  });
  reader.read("given_up", out.givenUp);
  reader.read("folders", out.folders);
  return good;
}

Expected<ImageManifest> readManifest(const Root &root) {
  const std::string path = root.host(ImageManifest::kPath);
  ImageManifest out;
  if (!sys::fs::exists(path))
    return out;
  Expected<InputFile> file = InputFile::open(path);
  if (!file)
    return inContext(path, file.takeError());
  Expected<json::Value> value =
      parseJson(toStringRef(file->bytes()), kLargestManifest);
  if (!value)
    return inContext(path, value.takeError());
  if (!readObject(value->getAsObject(), out))
    return error("{0}: it is not a manifest of this version of "
                 "objprelink-program",
                 path);
  return out;
}

} // namespace objprelink
