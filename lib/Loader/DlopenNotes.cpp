#include "Loader/DlopenNotes.h"
#include "ELF/Notes.h"
#include "Support/Json.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace objprelink {

static constexpr uint32_t kType = 0x407c0c0a;
static constexpr StringLiteral kOwner = StringLiteral::withInnerNUL("FDO\0");
static constexpr size_t kLargestText = 1 << 16;

static void parse(StringRef text, std::vector<DlopenNote> &out) {
  Expected<json::Value> value = parseJson(text, kLargestText);
  if (!value) {
    consumeError(value.takeError());
    return;
  }
  const json::Array *features = value->getAsArray();
  if (!features)
    return;
  for (const json::Value &feature : *features) {
    const json::Object *object = feature.getAsObject();
    const json::Array *names = object ? object->getArray("soname") : nullptr;
    if (!names)
      continue;
    DlopenNote &note = out.emplace_back();
    for (const json::Value &name : *names)
      if (const std::optional<StringRef> text = name.getAsString())
        note.sonames.push_back(text->str());
  }
}

std::vector<DlopenNote> readDlopenNotes(const Image &image) {
  std::vector<DlopenNote> out;
  // A segment for all notes may lie over one for some of them.
  DenseSet<uint64_t> seen;
  consumeError(forEachNote(image, [&](const ImageNote &note) {
    if (note.type == kType && note.owner == kOwner &&
        seen.insert(note.address).second)
      parse(toStringRef(note.descriptor).rtrim(StringRef("\0 \n", 3)), out);
    return Error::success();
  }));
  return out;
}

} // namespace objprelink
