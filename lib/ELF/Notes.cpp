#include "ELF/Notes.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Alignment.h"
#include "llvm/Support/Endian.h"

using namespace llvm;
using namespace llvm::ELF;
using support::endian::read32le;

namespace objprelink {

static constexpr uint64_t kHeaderSize = 12; // two sizes and the type

/// glibc's ELF_NOTE_NEXT_OFFSET tells how notes of alignment 8 are read.
/// Returns how many bytes were notes.
static Expected<uint64_t>
showNotes(const Image &image, const Segment &segment,
          function_ref<Error(const ImageNote &)> show) {
  const Bytes contents = image.contentsAt(segment.address, segment.fileSize);
  const Align align(segment.alignment == 8 ? 8 : 4);
  uint64_t at = 0;
  while (contents.size() - at >= kHeaderSize) {
    const uint8_t *header = contents.data() + at;
    const uint64_t nameSize = read32le(header), size = read32le(header + 4);
    // Sums of 32-bit numbers do not overflow.
    const uint64_t text = at + alignTo(kHeaderSize + nameSize, align);
    if (text > contents.size() || size > contents.size() - text)
      break;
    ImageNote note;
    note.type = read32le(header + 8);
    note.owner = toStringRef(contents.slice(at + kHeaderSize, nameSize));
    note.descriptor = contents.slice(text, size);
    note.address = segment.address + at;
    note.descriptorAt = segment.address + text;
    if (Error e = show(note))
      return e;
    at = std::min<uint64_t>(alignTo(text + size, align), contents.size());
  }
  return at;
}

Error forEachNote(const Image &image,
                  function_ref<Error(const ImageNote &)> show) {
  uint64_t total = 0;
  for (const Segment &segment : image.segments) {
    if (segment.type != PT_NOTE)
      continue;
    // Hostile segments may all be the whole file.
    total += segment.fileSize;
    if (total > image.bytes.size())
      return error("the notes are larger than the file");
    if (Expected<uint64_t> end = showNotes(image, segment, show); !end)
      return end.takeError();
  }
  return Error::success();
}

bool isFullOfNotes(const Image &image, const Segment &segment) {
  const auto skip = [](const ImageNote &) { return Error::success(); };
  return cantFail(showNotes(image, segment, skip)) == segment.fileSize;
}

AddressRange findBuildId(const Image &image) {
  AddressRange found;
  consumeError(forEachNote(image, [&](const ImageNote &note) -> Error {
    if (note.type == NT_GNU_BUILD_ID && note.owner == StringRef("GNU\0", 4))
      found = {note.descriptorAt, note.descriptor.size()};
    return Error::success();
  }));
  return found;
}

} // namespace objprelink
