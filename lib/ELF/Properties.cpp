#include "ELF/Properties.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Alignment.h"
#include "llvm/Support/DataExtractor.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

/// Reads the array of one NT_GNU_PROPERTY_TYPE_0 descriptor ("Linux Extensions
/// to gABI", 2.1): type, size, data padded to a word.
static void readArray(StringRef descriptor, uint8_t wordSize,
                      ControlFlowProtection &out) {
  DataExtractor data(descriptor, /*IsLittleEndian=*/true, wordSize);
  uint64_t offset = 0;
  while (data.isValidOffsetForDataOfSize(offset, 8)) {
    const uint32_t type = data.getU32(&offset);
    const uint32_t size = data.getU32(&offset);
    if (!data.isValidOffsetForDataOfSize(offset, size))
      return;
    if (type == GNU_PROPERTY_X86_FEATURE_1_AND && size == 4) {
      uint64_t valueOffset = offset;
      const uint32_t bits = data.getU32(&valueOffset);
      out.landingPads |= bits & GNU_PROPERTY_X86_FEATURE_1_IBT;
      out.shadowStack |= bits & GNU_PROPERTY_X86_FEATURE_1_SHSTK;
    }
    offset += alignTo(size, wordSize);
  }
}

Error readPropertyNotes(Bytes notes, bool is64, ControlFlowProtection &out) {
  const uint8_t wordSize = is64 ? 8 : 4;
  DataExtractor data(notes, /*IsLittleEndian=*/true, wordSize);
  DataExtractor::Cursor cursor(0);
  while (cursor && cursor.tell() < data.size()) {
    const uint32_t nameSize = data.getU32(cursor);
    const uint32_t descriptorSize = data.getU32(cursor);
    const uint32_t type = data.getU32(cursor);
    const StringRef name = data.getBytes(cursor, nameSize);
    data.skip(cursor, offsetToAlignment(nameSize, Align(4)));
    const StringRef descriptor = data.getBytes(cursor, descriptorSize);
    data.skip(cursor, offsetToAlignment(descriptorSize, Align(wordSize)));
    if (type == NT_GNU_PROPERTY_TYPE_0 && name == StringRef("GNU\0", 4))
      readArray(descriptor, wordSize, out);
  }
  return cursor.takeError();
}

Expected<ControlFlowProtection> readProperties(const Object &object) {
  ControlFlowProtection out;
  for (auto [index, section] : enumerate(object.sections)) {
    if (section.type != SHT_NOTE ||
        object.name(section) != ".note.gnu.property")
      continue;
    if (Error e = readPropertyNotes(object.contents(section), object.is64, out))
      return inContext(object.describe(index), std::move(e));
  }
  return out;
}

ImageProperties readProperties(const Image &image) {
  ImageProperties out;
  const auto damaged = [&](std::string what) {
    out.protection = {.landingPads = true, .shadowStack = true};
    out.damage = std::move(what);
    return out;
  };
  const bool hasOwn = any_of(image.segments, [](const Segment &segment) {
    return segment.type == PT_GNU_PROPERTY;
  });
  uint64_t total = 0;
  for (const Segment &segment : image.segments) {
    // glibc, _dl_process_property_note: others have no properties.
    if (segment.type != (hasOwn ? PT_GNU_PROPERTY : PT_NOTE) ||
        segment.alignment != image.wordSize())
      continue;
    // Hostile segments may all be the whole file.
    total += segment.fileSize;
    if (total > image.bytes.size())
      return damaged("the notes are larger than the file");
    Error e =
        readPropertyNotes(image.contentsAt(segment.address, segment.fileSize),
                          image.is64, out.protection);
    // mold and patchelf say that notes are aligned more than they are; whoever
    // reads them stops where they no longer make sense.
    if (e && !hasOwn)
      consumeError(std::move(e));
    else if (e)
      return damaged(formatv("the notes of PT_GNU_PROPERTY at {0:x}: {1}",
                             segment.address, toString(std::move(e))));
  }
  return out;
}

} // namespace objprelink
