#include "Archive/Archive.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <gtest/gtest.h>

using namespace llvm;
using namespace objprelink;

static std::string header(StringRef name, uint64_t size) {
  return formatv("{0,-16}{1,-12}{2,-6}{3,-6}{4,-8}{5,-10}`\n", name, 0, 0, 0,
                 644, size);
}

/// An index of one symbol, "f", that the member at 156 defines.
static std::string archive(StringRef index = StringRef("\0\0\0\1\0\0\0\x9c"
                                                       "f\0\0\0",
                                                       12)) {
  return "!<arch>\n" + header("/", index.size()) + index.str() +
         header("//", 16) + "long/long.name/\n" + header("/0", 3) + "abc\n" +
         header("b.o/", 2) + "de";
}

static Bytes bytes(const std::string &text) {
  return arrayRefFromStringRef(text);
}

static std::string failure(const std::string &text) {
  Expected<Archive> read = readArchive(bytes(text));
  return read ? "" : toString(read.takeError());
}

TEST(Archive, ReadsNames) {
  const std::string text = archive();
  Expected<Archive> read = readArchive(bytes(text));
  ASSERT_TRUE(bool(read));
  ASSERT_EQ(read->members.size(), 4u);
  EXPECT_EQ(read->members[0].kind, MemberKind::SymbolIndex);
  EXPECT_EQ(read->members[1].kind, MemberKind::LongNames);
  EXPECT_EQ(read->members[2].name, "long/long.name");
  EXPECT_EQ(read->members[2].headerOffset, 156u);
  EXPECT_EQ(toStringRef(read->contents(read->members[2])), "abc");
  EXPECT_EQ(read->members[3].name, "b.o");
}

TEST(Archive, ReadsBSDNames) {
  const std::string text =
      "!<arch>\n" + header("#1/8", 11) + StringRef("bsd.o\0\0\0abc", 11).str();
  Expected<Archive> read = readArchive(bytes(text));
  ASSERT_TRUE(bool(read));
  EXPECT_EQ(read->members[0].name, "bsd.o");
  EXPECT_EQ(toStringRef(read->contents(read->members[0])), "abc");
}

TEST(Archive, MovesTheIndexWithTheMembers) {
  // The index names the second object, behind the first, which grows.
  std::string index("\0\0\0\1\0\0\0\xdc"
                    "f\0\0\0",
                    12);
  const std::string text = archive(index);
  Expected<Archive> read = readArchive(bytes(text));
  ASSERT_TRUE(bool(read));
  std::vector<MemberEdit> edits(1);
  edits[0].member = 2;
  edits[0].contents.append(ByteVector(9, 'x'));
  edits[0].size = 9;
  Expected<Extents> written = writeArchive(*read, std::move(edits));
  ASSERT_TRUE(bool(written));
  const ByteVector out = written->flatten();
  Expected<Archive> again = readArchive(out);
  ASSERT_TRUE(bool(again));
  EXPECT_EQ(toStringRef(again->contents(again->members[2])), "xxxxxxxxx");
  EXPECT_EQ(toStringRef(again->contents(again->members[3])), "de");
  EXPECT_EQ(again->contents(again->members[0])[7],
            again->members[3].headerOffset);
}

TEST(Archive, RefusesAnIndexThatPointsNowhere) {
  for (const std::string &index : {std::string("\0\0\0\1\0\0\0\x9d"
                                               "f\0\0\0",
                                               12),
                                   std::string("\x7f\xff\xff\xff\0\0\0\x9c"
                                               "f\0\0\0",
                                               12),
                                   std::string("\0\0", 2)}) {
    const std::string text = archive(index);
    Expected<Archive> read = readArchive(bytes(text));
    ASSERT_TRUE(bool(read));
    std::vector<MemberEdit> edits(1);
    edits[0].member = 2;
    Expected<Extents> written = writeArchive(*read, std::move(edits));
    ASSERT_FALSE(bool(written));
    EXPECT_EQ(toString(written.takeError()), "member at 0x8: bad symbol index");
  }
}

// Sizes have ten digits, and offsets of the usual index 32 bits.
TEST(Archive, RefusesToGrowPastItsFields) {
  const auto grow = [](StringRef index, uint64_t size) -> std::string {
    const std::string text = archive(index);
    Expected<Archive> read = readArchive(bytes(text));
    if (!read)
      return toString(read.takeError());
    std::vector<MemberEdit> edits(1);
    edits[0].member = 2;
    edits[0].size = size;
    Expected<Extents> written = writeArchive(*read, std::move(edits));
    return written ? "" : toString(written.takeError());
  };
  const StringRef first("\0\0\0\1\0\0\0\x9c"
                        "f\0\0\0",
                        12);
  const StringRef second("\0\0\0\1\0\0\0\xdc"
                         "f\0\0\0",
                         12);
  const uint64_t most = 9'999'999'999;
  EXPECT_EQ(grow(first, most), "");
  EXPECT_EQ(grow(first, most + 1), "member long/long.name: 10000000000 bytes "
                                   "do not fit an archive member");
  // The second object is behind the header of the first one, at 156.
  const uint64_t last = (uint64_t(1) << 32) - 156 - 60 - 2;
  EXPECT_EQ(grow(second, last), "");
  EXPECT_EQ(grow(second, last + 2), "the archive grows past 4 GiB, which its "
                                    "symbol index cannot say");
}

TEST(Archive, RefusesLyingHeaders) {
  EXPECT_EQ(failure("!<arch>\nshort"), "member at 0x8: truncated header");
  EXPECT_EQ(failure("!<arch>\n" + header("a/", 5) + "abc"),
            "member at 0x8: 0x5 bytes run past the end of the archive (0x47 "
            "bytes)");
  EXPECT_EQ(failure("!<arch>\n" + header("/77", 0)),
            "member at 0x8: no long name at 77");
  EXPECT_EQ(failure("!<arch>\n" + header("#1/9", 2) + "ab"),
            "member at 0x8: bad name length \"#1/9\"");
  EXPECT_EQ(failure("!<arch>\n" + std::string(60, 'x')),
            "member at 0x8: the header does not end in \"`\\n\"");
  EXPECT_EQ(failure("!<arch>\n" + header("__.SYMDEF", 0)),
            "member at 0x8: a BSD symbol index is not supported");
}
