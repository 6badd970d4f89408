#include "ELF/RewriteNote.h"
#include "ELF/Notes.h"
#include "Support/Diagnostics.h"
#include "Support/Json.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Alignment.h"
#include "llvm/Support/BLAKE3.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

static constexpr StringLiteral kOwner("objprelink");
static constexpr uint32_t kType = 1, kRoomType = 2;
static constexpr uint64_t kHeaderSize = 12; // two sizes and the type
static constexpr uint64_t kLargestText = 2048;

bool NoteContents::has(StringRef option) const {
  return is_contained(options, option);
}

static Error parseOptions(const json::Object &object, NoteContents &out) {
  const json::Array *options = object.getArray("options");
  if (!options)
    return error("it has no array of options");
  for (const json::Value &value : *options) {
    const std::optional<StringRef> option = value.getAsString();
    if (!option ||
        !is_contained({noteoption::kOverrideBindNow, noteoption::kLazyAll,
                       noteoption::kAbsolutePlt, noteoption::kPicPlt,
                       noteoption::kPackRelr, noteoption::kPrerelocate,
                       noteoption::kLinked, noteoption::kRoom},
                      *option))
      return error("unknown option {0}", value);
    out.options.push_back(option->str());
  }
  return Error::success();
}

static Error parse(StringRef text, NoteContents &out) {
  Expected<json::Value> value =
      parseJson(text.rtrim(StringRef("\0 ", 2)), kLargestText);
  if (!value)
    return value.takeError();
  const json::Object *object = value->getAsObject();
  if (!object)
    return error("it is not a JSON object");
  const auto string = [&](StringRef key) {
    return object->getString(key).value_or("");
  };
  const auto number = [&](StringRef key, uint64_t &out) {
    const std::optional<int64_t> value = object->getInteger(key);
    out = value.value_or(0);
    return value && *value >= 0;
  };
  out.version = string("version").str();
  if (out.version.empty())
    return error("it has no version");
  const StringRef mode = string("mode");
  if (mode != "relay" && mode != "lazy")
    return error("unknown mode \"{0}\"", mode);
  out.mode = mode == "lazy" ? Mode::Lazy : Mode::Relay;
  if (Error e = parseOptions(*object, out))
    return e;
  if (!number("slots", out.slots) || !number("functions", out.functions))
    return error("it has no counts of slots and functions");
  out.hash = string("hash").str();
  if (out.has(noteoption::kLinked) && out.hash.empty())
    return Error::success();
  if (out.hash.size() != kHashDigits ||
      !all_of(out.hash, [](char c) { return isHexDigit(c); }))
    return error("hash \"{0}\" is not of {1} hexadecimal digits", out.hash,
                 kHashDigits);
  return Error::success();
}

static bool isOurs(const ImageNote &note, uint32_t type) {
  return note.type == type &&
         note.owner == StringRef(kOwner.data(), kOwner.size() + 1);
}

static AddressRange rangeOf(const ImageNote &note) {
  return {note.address,
          note.descriptorAt + note.descriptor.size() - note.address};
}

/// Takes \p note if it is one of ours.
static Error take(const Image &image, const ImageNote &note,
                  std::optional<FoundNote> &found) {
  if (!isOurs(note, kType))
    return Error::success();
  if (found && found->range.address != note.address)
    return error("the image has two notes of objprelink, at {0:x} and {1:x}",
                 found->range.address, note.address);
  FoundNote out;
  const StringRef json = toStringRef(note.descriptor);
  if (Error e = parse(json, out))
    return inContext(formatv("the note at {0:x}", note.address).str(),
                     std::move(e));
  out.range = rangeOf(note);
  if (!out.hash.empty()) {
    // JSON has other ways to write a digit, with which it is not found.
    const size_t digits = json.find(out.hash);
    if (digits == StringRef::npos)
      return error("the note at {0:x}: its hash is not written plainly",
                   note.address);
    out.hashOffset = json.bytes_begin() + digits - image.bytes.begin();
  }
  found = std::move(out);
  return Error::success();
}

Expected<std::optional<FoundNote>> findNote(const Image &image) {
  std::optional<FoundNote> found;
  if (Error e = forEachNote(image, [&](const ImageNote &note) {
        return take(image, note, found);
      }))
    return e;
  return found;
}

AddressRange findRoomNote(const Image &image) {
  AddressRange found;
  unsigned count = 0;
  const auto look = [&](const ImageNote &note) {
    if (isOurs(note, kRoomType) &&
        all_of(note.descriptor, [](uint8_t byte) { return byte == ' '; }) &&
        found.address != note.address) {
      found = rangeOf(note);
      ++count;
    }
    return Error::success();
  };
  if (Error e = forEachNote(image, look))
    consumeError(std::move(e));
  return count == 1 ? found : AddressRange();
}

/// A note of \p type with the descriptor \p text, and spaces behind it.
static ByteVector encode(uint32_t type, std::string text, uint64_t size) {
  constexpr uint64_t begin = alignTo(kHeaderSize + kOwner.size() + 1, 4);
  text.resize(std::max<uint64_t>(text.size(), size - std::min(size, begin)),
              ' ');
  text.append(offsetToAlignment(text.size(), Align(4)), ' ');
  ByteVector out(begin + text.size());
  support::endian::write32le(&out[0], kOwner.size() + 1);
  support::endian::write32le(&out[4], text.size());
  support::endian::write32le(&out[8], type);
  copy(kOwner, &out[kHeaderSize]);
  copy(text, out.end() - text.size());
  return out;
}

ByteVector encodeRoomNote(uint64_t size) {
  return encode(kRoomType, "", size);
}

ByteVector encodeNote(const NoteContents &contents, uint64_t size) {
  std::string text;
  raw_string_ostream stream(text);
  json::OStream json(stream);
  json.object([&] {
    json.attribute("version", contents.version);
    json.attribute("mode", contents.mode == Mode::Lazy ? "lazy" : "relay");
    json.attributeArray("options", [&] {
      for (const std::string &option : contents.options)
        json.value(option);
    });
    json.attribute("slots", contents.slots);
    json.attribute("functions", contents.functions);
    if (!contents.has(noteoption::kLinked))
      json.attribute("hash", contents.hash.empty()
                                 ? std::string(kHashDigits, '0')
                                 : contents.hash);
  });
  json.flush();
  return encode(kType, std::move(text), size);
}

uint64_t hashOffsetInNote(Bytes note) {
  // It is the last member, so nothing that the user gave comes after it.
  constexpr StringLiteral key("\"hash\":\"");
  return toStringRef(note).rfind(key) + key.size();
}

/// Adds the bytes [begin, end) of the file that \p pieces make up.
static void hashRange(ArrayRef<Bytes> pieces, uint64_t begin, uint64_t end,
                      BLAKE3 &hasher) {
  for (Bytes piece : pieces) {
    if (begin < piece.size() && begin < end)
      hasher.update(piece.slice(begin, std::min(end, piece.size()) - begin));
    if (end <= piece.size())
      return;
    begin = begin > piece.size() ? begin - piece.size() : 0;
    end -= piece.size();
  }
}

std::string contentHash(ArrayRef<Bytes> pieces, ArrayRef<Segment> segments,
                        uint64_t begin) {
  BLAKE3 hasher;
  for (const Segment &segment : segments)
    if (segment.type == PT_LOAD)
      hashRange(pieces, std::max(begin, segment.offset),
                segment.offset + segment.fileSize, hasher);
  return toHex(hasher.final<kHashDigits / 2>(), /*LowerCase=*/true);
}

std::string contentHash(const Image &image, const FoundNote &note) {
  static constexpr uint8_t zeros[] = "00000000000000000000000000000000";
  static_assert(sizeof(zeros) == kHashDigits + 1);
  return contentHash({image.bytes.take_front(note.hashOffset),
                      Bytes(zeros, kHashDigits),
                      image.bytes.drop_front(note.hashOffset + kHashDigits)},
                     image.segments, image.programHeadersEnd());
}

} // namespace objprelink
