#include "Archive/Archive.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"

using namespace llvm;

namespace objprelink {

using Layout = ArchiveLayout;

/// Old and new offsets of the members' headers, in rising order.
using OffsetMap = std::vector<std::pair<uint64_t, uint64_t>>;

/// The header of \p member, and the BSD name after it, with a new size.
static Expected<ByteVector> resizedHeader(const Archive &archive,
                                          const Member &member, uint64_t size) {
  const Bytes old = archive.bytes.slice(
      member.headerOffset, member.contentsOffset - member.headerOffset);
  ByteVector header(old.begin(), old.end());
  const std::string digits =
      utostr(size + (header.size() - Layout::headerSize));
  if (digits.size() > Layout::sizeWidth)
    return error("member {0}: {1} bytes do not fit an archive member",
                 member.name, size);
  std::fill_n(header.begin() + Layout::sizeField, Layout::sizeWidth, ' ');
  llvm::copy(digits, header.begin() + Layout::sizeField);
  return header;
}

/// Moves the offsets of a GNU symbol index: a count, that many offsets of
/// member headers, and the names, which stay.
template <class Word>
static Error moveOffsets(const Member &index, const OffsetMap &moved,
                         MutableArrayRef<uint8_t> contents) {
  using namespace support::endian;
  const auto bad = [&] {
    return error("member at {0:x}: bad symbol index", index.headerOffset);
  };
  if (contents.size() < sizeof(Word))
    return contents.empty() ? Error::success() : bad();
  const uint64_t count = read<Word, endianness::big>(contents.data());
  if (count > (contents.size() - sizeof(Word)) / sizeof(Word))
    return bad();
  for (uint64_t i = 1; i <= count; ++i) {
    uint8_t *const place = contents.data() + i * sizeof(Word);
    const uint64_t from = read<Word, endianness::big>(place);
    const auto to =
        llvm::lower_bound(moved, std::pair<uint64_t, uint64_t>(from, 0));
    if (to == moved.end() || to->first != from)
      return bad();
    if (to->second > std::numeric_limits<Word>::max())
      return error("the archive grows past 4 GiB, which its symbol index "
                   "cannot say");
    write<Word, endianness::big>(place, to->second);
  }
  return Error::success();
}

static OffsetMap newOffsets(const Archive &archive,
                            ArrayRef<MemberEdit> edits) {
  OffsetMap moved;
  uint64_t at = Layout::magicSize;
  const MemberEdit *edit = edits.begin();
  for (auto [i, member] : enumerate(archive.members)) {
    moved.emplace_back(member.headerOffset, at);
    const bool edited = edit != edits.end() && edit->member == i;
    const bool stored = !archive.thin || member.kind != MemberKind::File;
    at += member.contentsOffset - member.headerOffset;
    at += !stored ? 0 : edited ? edit->size : member.size;
    at += at & 1;
    edit += edited;
  }
  return moved;
}

Expected<Extents> writeArchive(const Archive &archive,
                               std::vector<MemberEdit> edits) {
  const OffsetMap moved = newOffsets(archive, edits);
  Extents out;
  out.append(archive.bytes.take_front(Layout::magicSize));
  MemberEdit *edit = edits.data();
  for (auto [i, member] : enumerate(archive.members)) {
    if (edit != edits.data() + edits.size() && edit->member == i) {
      Expected<ByteVector> header = resizedHeader(archive, member, edit->size);
      if (!header)
        return header.takeError();
      out.append(std::move(*header));
      out.append(std::move(edit->contents));
      ++edit;
    } else {
      out.append(archive.bytes.slice(
          member.headerOffset, member.contentsOffset - member.headerOffset));
      const bool index = member.kind == MemberKind::SymbolIndex ||
                         member.kind == MemberKind::SymbolIndex64;
      if (index) {
        const Bytes old = archive.contents(member);
        ByteVector contents(old.begin(), old.end());
        Error e = member.kind == MemberKind::SymbolIndex
                      ? moveOffsets<uint32_t>(member, moved, contents)
                      : moveOffsets<uint64_t>(member, moved, contents);
        if (e)
          return e;
        out.append(std::move(contents));
      } else if (!archive.thin || member.kind == MemberKind::LongNames) {
        out.append(archive.contents(member));
      }
    }
    if (out.size() & 1)
      out.append(ByteVector(1, '\n'));
  }
  return out;
}

} // namespace objprelink
