#include "ImageEdit/Undo.h"
#include "ELF/SectionTable.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Compression.h"
#include "llvm/Support/DataExtractor.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/LEB128.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

static StringRef sectionName(UndoOf what) {
  return what == UndoOf::Rewrite ? ".objprelink.undo" : ".objprelink.notes";
}

/// Then the fields of Header, eight bytes each, then the compressed recipe: for
/// each range its size, twice, and one more where it is in the new file; then
/// its offset there; at the end all other bytes.
static constexpr StringLiteral kMagic("objprelink-undo\1");
/// Level 1 of zstd does two thirds of what level 3 does in half of its time.
static constexpr int kCompressionLevel = 1;
/// A rewrite frees tables, never nearly the whole file.
static constexpr uint64_t kLargestGrowth = 16;
static constexpr uint64_t kMostKept = uint64_t(1) << 30;
static constexpr uint64_t kSmallRange = 64;

namespace {
struct Header {
  uint64_t oldSize = 0;
  uint64_t hashLow = 0;
  uint64_t hashHigh = 0;
  uint64_t recipeSize = 0; ///< of ranges and bytes, not compressed
  uint64_t rangesSize = 0;
};
} // namespace

Expected<AddedSection> makeUndoSection(Bytes old, ArrayRef<OldRange> ranges,
                                       UndoOf what) {
  uint64_t kept = 0;
  for (const OldRange &range : ranges)
    kept += range.newOffset ? 0 : range.size;
  if (kept > kMostKept)
    return error("the undo record would hold {0} bytes, most of them in no "
                 "segment and no section (--no-undo-record leaves it out)",
                 kept);
  std::string recipe;
  raw_string_ostream stream(recipe);
  for (const OldRange &range : ranges) {
    encodeULEB128(range.size << 1 | (range.newOffset ? 1 : 0), stream);
    if (range.newOffset)
      encodeULEB128(*range.newOffset, stream);
  }
  const uint64_t rangesSize = recipe.size();
  for (const OldRange &range : ranges)
    if (!range.newOffset)
      stream << toStringRef(range.bytes);

  AddedSection out;
  out.name = sectionName(what).str();
  out.header.type = SHT_PROGBITS;
  out.header.alignment = 1;
  append_range(out.contents, kMagic);
  const XXH128_hash_t hash = xxh3_128bits(old);
  for (uint64_t field : {uint64_t(old.size()), hash.low64, hash.high64,
                         uint64_t(recipe.size()), rangesSize}) {
    uint8_t bytes[8];
    support::endian::write64le(bytes, field);
    append_range(out.contents, bytes);
  }
  ByteVector compressed;
  compression::zstd::compress(arrayRefFromStringRef(recipe), compressed,
                              kCompressionLevel);
  append_range(out.contents, compressed);
  return out;
}

static Expected<Bytes> findRecord(Bytes file, UndoOf what) {
  const bool is64 = file.size() > EI_CLASS && file[EI_CLASS] == ELFCLASS64;
  if (file.size() < (is64 ? 64 : 52))
    return error("truncated ELF header: {0} bytes", file.size());
  Expected<SectionTable> table = readSectionTable(file, is64);
  if (!table)
    return inContext("no undo record", table.takeError());
  for (const Section &section : table->sections)
    if (section.hasBytes() && table->name(section) == sectionName(what))
      return file.slice(section.offset, section.size);
  if (what == UndoOf::Notes)
    return error("no record of added notes: none were added, or the section "
                 "was removed");
  return error("no undo record: the file was not rewritten, or with "
               "--no-undo-record, or the section was removed");
}

/// Follows the recipe; everything in it is to be doubted.
static Expected<Extents> followRecipe(Bytes file, const Header &header,
                                      ByteVector recipe) {
  DataExtractor ranges(Bytes(recipe).take_front(header.rangesSize),
                       /*IsLittleEndian=*/true, 8);
  Bytes rest = Bytes(recipe).drop_front(header.rangesSize);
  Extents out;
  DataExtractor::Cursor cursor(0);
  // A range costs more than a byte of it, and ours are pages mostly.
  uint64_t left = header.oldSize / kSmallRange + kSmallRange;
  while (cursor && !ranges.eof(cursor) && left--) {
    const uint64_t field = ranges.getULEB128(cursor);
    const uint64_t size = field >> 1;
    if (size > header.oldSize - out.size())
      break;
    if (field & 1) {
      const uint64_t offset = ranges.getULEB128(cursor);
      if (!isInFile(file, offset, size))
        break;
      out.append(file.slice(offset, size));
    } else {
      if (size > rest.size())
        break;
      const Bytes bytes = rest.take_front(size);
      out.append(ByteVector(bytes.begin(), bytes.end()));
      rest = rest.drop_front(size);
    }
  }
  if (Error e = cursor.takeError())
    return inContext("the undo record", std::move(e));
  if (out.size() != header.oldSize || !rest.empty())
    return error("the undo record does not fit the file: it was changed after "
                 "it was rewritten");
  return out;
}

Expected<Extents> undoImage(Bytes file, UndoOf what) {
  Expected<Bytes> record = findRecord(file, what);
  if (!record)
    return record.takeError();
  constexpr uint64_t headerSize = kMagic.size() + sizeof(Header);
  if (record->size() < headerSize || !toStringRef(*record).starts_with(kMagic))
    return error("the undo record is not of this version's kind");
  const uint8_t *at = record->data() + kMagic.size();
  Header header;
  for (uint64_t *field : {&header.oldSize, &header.hashLow, &header.hashHigh,
                          &header.recipeSize, &header.rangesSize}) {
    *field = support::endian::read64le(at);
    at += 8;
  }
  if (header.oldSize > kLargestGrowth * file.size() ||
      header.recipeSize > header.oldSize + file.size() ||
      header.rangesSize > header.recipeSize)
    return error("the undo record is damaged: an old file of {0} bytes, {1} of "
                 "them here",
                 header.oldSize, header.recipeSize);
  ByteVector recipe;
  if (Error e = compression::zstd::decompress(record->drop_front(headerSize),
                                              recipe, header.recipeSize))
    return inContext("the undo record", std::move(e));
  if (recipe.size() != header.recipeSize)
    return error("the undo record is damaged: {0} bytes of {1}", recipe.size(),
                 header.recipeSize);
  Expected<Extents> out = followRecipe(file, header, std::move(recipe));
  if (!out)
    return out.takeError();
  const XXH128_hash_t hash = xxh3_128bits(out->flatten());
  if (hash.low64 != header.hashLow || hash.high64 != header.hashHigh)
    return error("the file was changed after it was rewritten: what the undo "
                 "record gives is not the old file");
  return out;
}

bool hasUndoRecord(Bytes file, UndoOf what) {
  return expectedToOptional(findRecord(file, what)).has_value();
}

} // namespace objprelink
