#include "ELF/AndroidRelocations.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/DataExtractor.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

static constexpr StringLiteral kMagic("APS2");

Expected<std::vector<Relocation>>
decodeAndroidRelocations(Bytes table, bool is64, uint64_t most) {
  if (!toStringRef(table).starts_with(kMagic))
    return error("it does not begin with {0}", kMagic);
  const DataExtractor data(table, /*IsLittleEndian=*/true, is64 ? 8 : 4);
  DataExtractor::Cursor cursor(kMagic.size());
  const uint64_t count = data.getSLEB128(cursor);
  uint64_t offset = data.getSLEB128(cursor);
  if (cursor && count > most)
    return error("{0} relocations, of {1} that there can be", count, most);
  uint64_t addend = 0;
  std::vector<Relocation> out;
  while (cursor && out.size() < count) {
    const uint64_t size = data.getSLEB128(cursor);
    const uint64_t flags = data.getSLEB128(cursor);
    if (cursor && (size == 0 || size > count - out.size()))
      return error("a group of {0} relocations, of {1} that are left", size,
                   count - out.size());
    const bool hasAddend = flags & RELOCATION_GROUP_HAS_ADDEND_FLAG;
    const bool groupsAddends =
        hasAddend && (flags & RELOCATION_GROUPED_BY_ADDEND_FLAG);
    const bool groupsOffsets = flags & RELOCATION_GROUPED_BY_OFFSET_DELTA_FLAG;
    const bool groupsInfo = flags & RELOCATION_GROUPED_BY_INFO_FLAG;
    const uint64_t distance = groupsOffsets ? data.getSLEB128(cursor) : 0;
    const uint64_t sharedInfo = groupsInfo ? data.getSLEB128(cursor) : 0;
    if (groupsAddends)
      addend += data.getSLEB128(cursor);
    if (!hasAddend)
      addend = 0;
    for (uint64_t i = 0; cursor && i != size; ++i) {
      offset += groupsOffsets ? distance : data.getSLEB128(cursor);
      const uint64_t info = groupsInfo ? sharedInfo : data.getSLEB128(cursor);
      if (hasAddend && !groupsAddends)
        addend += data.getSLEB128(cursor);
      Relocation relocation;
      relocation.offset = is64 ? offset : uint32_t(offset);
      relocation.symbol = is64 ? info >> 32 : uint32_t(info) >> 8;
      relocation.type = is64 ? uint32_t(info) : uint8_t(info);
      relocation.addend = is64 ? int64_t(addend) : int32_t(addend);
      out.push_back(relocation);
    }
  }
  if (Error e = cursor.takeError())
    return e;
  return out;
}

} // namespace objprelink
