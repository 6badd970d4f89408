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

Expected<ControlFlowProtection> readProperties(const Object &object) {
  ControlFlowProtection out;
  const uint8_t wordSize = object.is64 ? 8 : 4;
  for (auto [index, section] : enumerate(object.sections)) {
    if (section.type != SHT_NOTE ||
        object.name(section) != ".note.gnu.property")
      continue;
    DataExtractor data(object.contents(section), /*IsLittleEndian=*/true,
                       wordSize);
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
    if (Error e = cursor.takeError())
      return inContext(object.describe(index), std::move(e));
  }
  return out;
}

} // namespace objprelink
