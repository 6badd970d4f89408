#include "Archive/Archive.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace objprelink {

using Layout = ArchiveLayout;

/// PATH_MAX of Linux: thin archives have paths.
static constexpr size_t kLongestName = 4096;

namespace {
class Reader {
public:
  explicit Reader(Bytes bytes) : text(toStringRef(bytes)) {
    archive.bytes = bytes;
  }
  Expected<Archive> read();

private:
  Error readMember();
  Error nameMember(StringRef field, Member &member) const;
  Expected<std::string> longName(StringRef digits) const;

  Archive archive;
  StringRef text;
  StringRef longNames;
  uint64_t offset = Layout::magicSize;
};
} // namespace

/// GNU: "/123" is an offset into the table of long names, each of which ends
/// in "/\n".
Expected<std::string> Reader::longName(StringRef digits) const {
  uint64_t start;
  if (digits.getAsInteger(10, start) || start >= longNames.size())
    return error("member at {0:x}: no long name at {1}", offset, digits);
  // Of many members each may have all of the rest of the table as its name.
  const StringRef rest = longNames.substr(start, kLongestName + 1);
  const size_t end = std::min(rest.find('\n'), rest.size());
  if (end > kLongestName)
    return error("member at {0:x}: a name of more than {1} bytes", offset,
                 kLongestName);
  return rest.take_front(end).rtrim('/').str();
}

Error Reader::nameMember(StringRef field, Member &member) const {
  if (field == "/") {
    member.kind = MemberKind::SymbolIndex;
  } else if (field == "/SYM64/") {
    member.kind = MemberKind::SymbolIndex64;
  } else if (field == "//") {
    member.kind = MemberKind::LongNames;
  } else if (field.starts_with("#1/")) {
    // BSD: the name follows the header and counts as part of the size.
    uint64_t length;
    if (field.drop_front(3).getAsInteger(10, length) || length > member.size)
      return error("member at {0:x}: bad name length \"{1}\"", offset, field);
    member.name = text.substr(member.contentsOffset, length).rtrim('\0').str();
    member.contentsOffset += length;
    member.size -= length;
  } else if (field.starts_with("/")) {
    Expected<std::string> name = longName(field.drop_front());
    if (!name)
      return name.takeError();
    member.name = std::move(*name);
  } else {
    member.name = field.rtrim('/').str();
  }
  if (StringRef(member.name).starts_with("__.SYMDEF"))
    return error("member at {0:x}: a BSD symbol index is not supported",
                 offset);
  return Error::success();
}

Error Reader::readMember() {
  if (text.size() - offset < Layout::headerSize)
    return error("member at {0:x}: truncated header", offset);
  const StringRef header = text.substr(offset, Layout::headerSize);
  if (!header.ends_with("`\n"))
    return error("member at {0:x}: the header does not end in \"`\\n\"",
                 offset);
  Member member;
  member.headerOffset = offset;
  member.contentsOffset = offset + Layout::headerSize;
  if (header.substr(Layout::sizeField, Layout::sizeWidth)
          .rtrim(' ')
          .getAsInteger(10, member.size))
    return error("member at {0:x}: bad size \"{1}\"", offset,
                 header.substr(Layout::sizeField, Layout::sizeWidth));
  const StringRef field = header.take_front(Layout::nameWidth).rtrim(' ');
  const bool isTable = field == "/" || field == "/SYM64/" || field == "//";
  // The members of a thin archive have a header only.
  const uint64_t stored = archive.thin && !isTable ? 0 : member.size;
  if (stored > text.size() - member.contentsOffset)
    return error("member at {0:x}: {1:x} bytes run past the end of the archive "
                 "({2:x} bytes)",
                 offset, member.size, text.size());
  const uint64_t end = member.contentsOffset + stored;
  if (Error e = nameMember(field, member))
    return e;
  if (member.kind == MemberKind::LongNames)
    longNames = text.substr(member.contentsOffset, member.size);
  archive.members.push_back(std::move(member));
  // Members begin at even offsets.
  offset = std::min<uint64_t>(end + (end & 1), text.size());
  return Error::success();
}

Expected<Archive> Reader::read() {
  archive.thin = text.starts_with("!<thin>\n");
  while (offset < text.size())
    if (Error e = readMember())
      return e;
  return std::move(archive);
}

Expected<Archive> readArchive(Bytes bytes) {
  return Reader(bytes).read();
}

} // namespace objprelink
