//===- VerifyUnwind.cpp - the search table of call frame information ------===//
//
// With --stub-unwind-tables a longer copy of .eh_frame_hdr stands elsewhere
// (LSB Core, 10.6.2): the entries of the old one, with those of new code among
// them. Unwinders search it by halves, so it has to be sorted.
//
//===----------------------------------------------------------------------===//

#include "ImageRewriter/Comparison.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/BinaryFormat/Dwarf.h"
#include "llvm/Support/Endian.h"

using namespace llvm;
using namespace llvm::ELF;
using namespace llvm::dwarf;
using support::endian::read32le;

namespace objprelink {

namespace {
/// The table of one image, its encodings those that all linkers write.
class SearchTable {
public:
  static Expected<SearchTable> read(const Image &image, const Segment &segment);

  uint64_t size() const { return (contents.size() - kHeaderSize) / 8; }
  /// What the eh_frame_ptr leads to.
  uint64_t frames() const { return from(address + 4, 4); }
  uint64_t code(uint64_t index) const {
    return from(address, kHeaderSize + 8 * index);
  }
  uint64_t entry(uint64_t index) const {
    return from(address, kHeaderSize + 8 * index + 4);
  }

private:
  static constexpr uint64_t kHeaderSize = 12;

  uint64_t from(uint64_t base, uint64_t at) const {
    const uint64_t sum = base + int64_t(int32_t(read32le(&contents[at])));
    return is64 ? sum : uint32_t(sum);
  }

  bool is64 = false;
  uint64_t address = 0;
  Bytes contents;
};
} // namespace

Expected<SearchTable> SearchTable::read(const Image &image,
                                        const Segment &segment) {
  SearchTable out;
  out.is64 = image.is64;
  out.address = segment.address;
  out.contents = image.contentsAt(segment.address, segment.fileSize);
  const uint8_t header[] = {1, DW_EH_PE_pcrel | DW_EH_PE_sdata4,
                            DW_EH_PE_udata4,
                            DW_EH_PE_datarel | DW_EH_PE_sdata4};
  if (out.contents.size() < kHeaderSize ||
      out.contents.take_front(4) != Bytes(header))
    return error("PT_GNU_EH_FRAME at {0:x} is not of the known form",
                 segment.address);
  const uint64_t count = read32le(&out.contents[8]);
  if (count > out.size())
    return error("PT_GNU_EH_FRAME at {0:x}: {1} entries in {2:x} bytes",
                 segment.address, count, out.contents.size());
  out.contents = out.contents.take_front(kHeaderSize + 8 * count);
  return out;
}

/// An entry that the old table lacks is of new code, and its FDE says the same.
static Error checkNewEntry(const Comparison &c, uint64_t code, uint64_t entry) {
  if (!c.hasFlags(code, 1, PF_X, 0) ||
      (c.before.segmentAt(code) && !c.freed.covers(code, 1)))
    return error("PT_GNU_EH_FRAME: the entry of {0:x} is not of new code",
                 code);
  // Length, distance to the CIE, start, size.
  const Bytes frame = c.after.contentsAt(entry, 16);
  if (frame.empty())
    return error("PT_GNU_EH_FRAME: the FDE of {0:x} at {1:x} is not in memory",
                 code, entry);
  const uint64_t sum = entry + 8 + int64_t(int32_t(read32le(&frame[8])));
  const uint64_t start = c.after.is64 ? sum : uint32_t(sum);
  if (start != code)
    return error("PT_GNU_EH_FRAME: the FDE at {0:x} begins at {1:x}, and its "
                 "entry at {2:x}",
                 entry, start, code);
  return Error::success();
}

Error checkUnwindTables(const Comparison &c) {
  const Segment *was = findSegment(c.before, PT_GNU_EH_FRAME);
  const Segment *is = findSegment(c.after, PT_GNU_EH_FRAME);
  if (!was || !is || !c.note.has(noteoption::kUnwindTables))
    return Error::success();
  if (was->address == is->address && was->fileSize == is->fileSize)
    return Error::success(); // compared with the rest of memory
  Expected<SearchTable> old = SearchTable::read(c.before, *was);
  if (!old)
    return old.takeError();
  Expected<SearchTable> now = SearchTable::read(c.after, *is);
  if (!now)
    return now.takeError();
  if (now->frames() != old->frames())
    return error("PT_GNU_EH_FRAME: .eh_frame is at {0:x} and was at {1:x}",
                 now->frames(), old->frames());
  uint64_t next = 0;
  for (uint64_t index = 0; index < now->size(); ++index) {
    const uint64_t code = now->code(index), entry = now->entry(index);
    if (index && code < now->code(index - 1))
      return error("PT_GNU_EH_FRAME: the entry of {0:x} follows that of {1:x}",
                   code, now->code(index - 1));
    if (next < old->size() && old->code(next) == code &&
        old->entry(next) == entry)
      ++next;
    else if (Error e = checkNewEntry(c, code, entry))
      return e;
  }
  if (next < old->size())
    return error("PT_GNU_EH_FRAME: the entry of {0:x} is missing",
                 old->code(next));
  return Error::success();
}

} // namespace objprelink
