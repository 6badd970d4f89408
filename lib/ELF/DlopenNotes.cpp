#include "ELF/DlopenNotes.h"
#include "Support/Diagnostics.h"
#include "Support/Json.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Alignment.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace objprelink {

static constexpr uint32_t kType = 0x407c0c0a;
static constexpr StringLiteral kOwner = StringLiteral::withInnerNUL("FDO\0");
static constexpr uint64_t kHeaderSize = 12; // two sizes and the type
static constexpr size_t kLargestText = 1 << 16;

/// The first versions of the format had one object, and one name in it.
static void parseFeature(const json::Value &feature,
                         std::vector<DlopenNote> &out) {
  const json::Object *object = feature.getAsObject();
  const json::Value *names = object ? object->get("soname") : nullptr;
  if (!names)
    return;
  DlopenNote note;
  const auto add = [&](const json::Value &name) {
    if (const std::optional<StringRef> text = name.getAsString())
      note.sonames.push_back(text->str());
  };
  if (const json::Array *array = names->getAsArray())
    for_each(*array, add);
  else
    add(*names);
  const auto text = [&](StringRef key) {
    return object->getString(key).value_or("").str();
  };
  note.feature = text("feature");
  note.description = text("description");
  note.priority = text("priority");
  out.push_back(std::move(note));
}

static void parse(StringRef text, std::vector<DlopenNote> &out) {
  Expected<json::Value> value = parseJson(text, kLargestText);
  if (!value)
    consumeError(value.takeError());
  else if (const json::Array *features = value->getAsArray())
    for (const json::Value &feature : *features)
      parseFeature(feature, out);
  else
    parseFeature(*value, out);
}

bool isDlopenNote(const ImageNote &note) {
  return note.type == kType && note.owner == kOwner;
}

std::vector<DlopenNote> readDlopenNotes(const Image &image) {
  std::vector<DlopenNote> out;
  // A segment for all notes may lie over one for some of them.
  DenseSet<uint64_t> seen;
  consumeError(forEachNote(image, [&](const ImageNote &note) {
    if (isDlopenNote(note) && seen.insert(note.address).second)
      parse(toStringRef(note.descriptor).rtrim(StringRef("\0 \n", 3)), out);
    return Error::success();
  }));
  return out;
}

/// Strings have neither control characters nor escapes for them.
static Error checkText(StringRef what, StringRef text) {
  if (!json::isUTF8(text) ||
      any_of(text, [](char c) { return uint8_t(c) < 0x20 || c == 0x7f; }))
    return error("{0} \"{1}\" is no text in UTF-8, or has a control character",
                 what, text);
  return Error::success();
}

static Error check(const DlopenNote &note) {
  if (note.sonames.empty())
    return error("no name of a library");
  for (const std::string &name : note.sonames) {
    if (name.empty())
      return error("an empty name of a library");
    if (Error e = checkText("name", name))
      return e;
  }
  if (!is_contained({"", "required", "recommended", "suggested"},
                    StringRef(note.priority)))
    return error("priority \"{0}\" is none of required, recommended and "
                 "suggested",
                 note.priority);
  if (Error e = checkText("feature", note.feature))
    return e;
  return checkText("description", note.description);
}

Expected<ByteVector> encodeDlopenNote(ArrayRef<DlopenNote> entries) {
  for (const DlopenNote &entry : entries)
    if (Error e = check(entry))
      return e;
  std::string text;
  raw_string_ostream stream(text);
  json::OStream json(stream);
  json.arrayBegin();
  for (const DlopenNote &entry : entries)
    json.object([&] {
      json.attributeArray("soname", [&] {
        for (const std::string &name : entry.sonames)
          json.value(name);
      });
      const auto add = [&](StringRef key, StringRef value) {
        if (!value.empty())
          json.attribute(key, value);
      };
      add("feature", entry.feature);
      add("description", entry.description);
      add("priority", entry.priority);
    });
  json.arrayEnd();
  json.flush();
  text.push_back('\0');
  if (text.size() > kLargestText)
    return error("{0} bytes of notes, more than {1}", text.size(),
                 kLargestText);

  ByteVector out(kHeaderSize + kOwner.size() + alignTo(text.size(), 4));
  support::endian::write32le(&out[0], kOwner.size());
  support::endian::write32le(&out[4], text.size());
  support::endian::write32le(&out[8], kType);
  copy(kOwner, &out[kHeaderSize]);
  copy(text, &out[kHeaderSize + kOwner.size()]);
  return out;
}

} // namespace objprelink
