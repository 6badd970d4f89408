// What a library says that it may open: written, read, and refused.
// hazard P28

#include "ELF/DlopenNotes.h"
#include "ELF/ImageReader.h"
#include "TinyImage.h"
#include "llvm/Support/Endian.h"
#include <gtest/gtest.h>

using namespace llvm;
using namespace llvm::ELF;
using namespace objprelink;

/// What an image with \p note, and nothing else behind its headers, says.
static std::vector<DlopenNote> readIn(Bytes note) {
  TinyImage<object::ELF64LE> image;
  constexpr uint64_t at = 0x800;
  copy(note, static_cast<uint8_t *>(image.at(at)));
  auto &segment = image.segments()[4];
  segment.p_type = PT_NOTE;
  segment.p_flags = PF_R;
  segment.p_offset = at;
  segment.p_vaddr = at;
  segment.p_filesz = note.size();
  segment.p_memsz = note.size();
  segment.p_align = 4;
  return readDlopenNotes(cantFail(readImage(image.bytes)));
}

/// A note with the JSON \p text.
static ByteVector noteOf(StringRef text) {
  ByteVector out(16 + alignTo(text.size() + 1, 4));
  support::endian::write32le(&out[0], 4);
  support::endian::write32le(&out[4], text.size() + 1);
  support::endian::write32le(&out[8], 0x407c0c0a);
  copy(StringRef("FDO"), &out[12]);
  copy(text, &out[16]);
  return out;
}

TEST(DlopenNotes, AreReadAsTheyWereWritten) {
  const std::vector<DlopenNote> entries = {
      {{"liba.so.1", "liba.so"}, "a", "Plays \"all\"", "suggested"},
      {{"plugins/b.so"}, "", "", ""}};
  const ByteVector note = cantFail(encodeDlopenNote(entries));
  EXPECT_EQ(note.size() % 4, 0u);
  EXPECT_EQ(readIn(note), entries);
  // The descriptor ends in a zero byte, which its size counts.
  const uint32_t size = support::endian::read32le(&note[4]);
  EXPECT_EQ(note[16 + size - 1], 0);
  EXPECT_EQ(note[16 + size - 2], ']');
}

TEST(DlopenNotes, OlderFormsAreRead) {
  const std::vector<DlopenNote> due = {{{"liba.so"}, "a", "", ""}};
  EXPECT_EQ(readIn(noteOf(R"({"soname":"liba.so","feature":"a"})")), due);
  EXPECT_EQ(readIn(noteOf(R"([{"soname":"liba.so","feature":"a"}])")), due);
}

TEST(DlopenNotes, BrokenOnesAreNone) {
  for (StringRef text : {"", "[", "[1]", "{}", "[{}]", "\"liba.so\"", "[[[[",
                         "[{\"feature\":\"a\"}]"})
    EXPECT_TRUE(readIn(noteOf(text)).empty()) << text.str();
  ByteVector other = noteOf("[{\"soname\":[\"a\"]}]");
  other[12] = 'G';
  EXPECT_TRUE(readIn(other).empty());
  other = noteOf("[{\"soname\":[\"a\"]}]");
  other[8] = 1;
  EXPECT_TRUE(readIn(other).empty());
}

TEST(DlopenNotes, WhatCannotBeSaidIsRefused) {
  const auto refusal = [](const DlopenNote &note) {
    return toString(encodeDlopenNote(note).takeError());
  };
  EXPECT_EQ(refusal({}), "no name of a library");
  EXPECT_EQ(refusal({{""}, "", "", ""}), "an empty name of a library");
  EXPECT_EQ(refusal({{"a"}, "", "", "must"}),
            "priority \"must\" is none of required, recommended and suggested");
  for (const DlopenNote &note :
       {DlopenNote{{"a\n"}, "", "", ""}, DlopenNote{{"a"}, "\x7f", "", ""},
        DlopenNote{{"a"}, "", "\xff", ""}})
    EXPECT_NE(refusal(note).find("has a control character"), std::string::npos);
  EXPECT_NE(refusal({{std::string(1 << 16, 'a')}, "", "", ""})
                .find("bytes of notes, more than 65536"),
            std::string::npos);
}
