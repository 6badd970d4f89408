// A note of dlopen() that is added to an image: what is written, what of it the
// verifier proves, and the way back. hazard P32

#include "ImageRewriter/NoteImage.h"
#include "ELF/ImageReader.h"
#include "ImageEdit/Undo.h"
#include "ImageRewriter/RewriteImage.h"
#include "ImageVerifier/VerifyImage.h"
#include "Support/Diagnostics.h"
#include "WithVTable.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include <gtest/gtest.h>

using namespace llvm;
using namespace llvm::ELF;
using namespace objprelink;

static const DlopenNote kEntry = {{"liba.so.1", "liba.so"}, "a", "plays", ""};
static const DlopenNote kOther = {{"libb.so"}, "b", "", "required"};

static ByteVector add(Bytes file, ArrayRef<DlopenNote> entries) {
  Expected<NotedImage> noted =
      addNotes(file, entries, /*undoRecord=*/true, /*keepsOverlay=*/false);
  EXPECT_TRUE(bool(noted)) << toString(noted.takeError());
  return noted->contents.flatten();
}

static std::string verify(Bytes before, Bytes after) {
  return toString(verifyNoteFiles(before, after));
}

template <class ELFT> class NoteImage : public testing::Test {};
using Classes = testing::Types<object::ELF64LE, object::ELF32LE>;
TYPED_TEST_SUITE(NoteImage, Classes);

TYPED_TEST(NoteImage, IsOneNoteMoreAndNothingElse) {
  for (bool pads : {false, true})
    for (bool sections : {false, true}) {
      const ByteVector old =
          WithVTable<TypeParam>({pads, false, sections, true}).write();
      const ByteVector now = add(old, {kEntry, kOther});
      EXPECT_EQ(verify(old, now), "");
      const Image image = cantFail(readImage(now));
      const std::vector<DlopenNote> due = {kEntry, kOther};
      EXPECT_EQ(readDlopenNotes(image), due);
      EXPECT_EQ(hasUndoRecord(now, UndoOf::Notes), sections);
      EXPECT_FALSE(hasUndoRecord(now, UndoOf::Rewrite));
      if (sections) {
        EXPECT_EQ(cantFail(undoImage(now, UndoOf::Notes)).flatten(), old);
      }
      // One more on top of it.
      const ByteVector more = add(now, kOther);
      EXPECT_EQ(verify(now, more), "");
      EXPECT_EQ(verify(old, more), "2 notes are new, where one is due");
      EXPECT_EQ(readDlopenNotes(cantFail(readImage(more))).size(), 3u);
    }
}

static ByteVector rewrite(Bytes file) {
  Config config;
  config.mode = Mode::Lazy;
  Diagnostics diagnostics;
  return cantFail(rewriteImage(file, config, diagnostics)).contents->flatten();
}

// A rewrite may follow, and is no note; a note is no rewrite.
TYPED_TEST(NoteImage, IsRewrittenAndComesBack) {
  const ByteVector old = WithVTable<TypeParam>().write();
  const ByteVector noted = add(old, kEntry);
  const ByteVector now = rewrite(noted);
  EXPECT_EQ(toString(verifyImageFiles(noted, now)), "");
  EXPECT_EQ(readDlopenNotes(cantFail(readImage(now))),
            std::vector<DlopenNote>{kEntry});
  EXPECT_EQ(cantFail(undoImage(now, UndoOf::Rewrite)).flatten(), noted);
  EXPECT_NE(toString(undoImage(now, UndoOf::Notes).takeError()), "");
  EXPECT_EQ(toString(verifyImageFiles(old, noted)),
            "the files differ, and no note says that the new one was "
            "rewritten");
  EXPECT_NE(verify(old, rewrite(old)).find("is none of dlopen()"),
            std::string::npos);
}

/// The only new note of \p file, which has no other of its kind.
static ImageNote noteOf(const Image &image) {
  ImageNote out;
  cantFail(forEachNote(image, [&](const ImageNote &note) {
    if (isDlopenNote(note))
      out = note;
    return Error::success();
  }));
  return out;
}

TYPED_TEST(NoteImage, OtherChangesAreSeen) {
  const ByteVector old = WithVTable<TypeParam>().write();
  const ByteVector noted = add(old, kEntry);
  const Image image = cantFail(readImage(noted));
  const ImageNote note = noteOf(image);
  const size_t begin = note.descriptor.begin() - noted.begin();
  const size_t end = begin + note.descriptor.size();
  const auto changed = [&](size_t at, uint8_t value) {
    ByteVector other = noted;
    other[at] = value;
    return verify(old, other);
  };
  EXPECT_NE(changed(begin - 8, 1).find("is none of dlopen()"),
            std::string::npos);
  EXPECT_NE(changed(end - 1, 'x').find("is broken"), std::string::npos);
  EXPECT_NE(changed(begin, 'x').find("is broken"), std::string::npos);
  // Any byte that the old image has in memory.
  const Image before = cantFail(readImage(old));
  // What is behind DT_NULL is nobody's, and what has moved is dead.
  const auto isFree = [&](uint64_t address) {
    return any_of(before.segments,
                  [&](const Segment &old) {
                    return is_contained({PT_DYNAMIC, PT_NOTE, PT_INTERP,
                                         PT_GNU_PROPERTY},
                                        old.type) &&
                           address >= old.address && address < old.addressEnd();
                  }) ||
           any_of(before.tables(), [&](const DynamicTable &table) {
             return table.range.contains(address);
           });
  };
  unsigned count = 0;
  for (uint32_t index : image.loadable) {
    const Segment &segment = image.segments[index];
    for (uint64_t at = std::max(segment.offset, image.programHeadersEnd());
         at < segment.offset + segment.fileSize; ++at) {
      const uint64_t address = segment.address + (at - segment.offset);
      if (address >= note.address && at < end)
        continue;
      // Zeros may be what aligned the next table.
      if ((address < 0x600 && !noted[at]) || isFree(address) ||
          before.contentsAt(address, 1).empty())
        continue;
      ++count;
      EXPECT_NE(changed(at, noted[at] ^ 0x40), "") << address;
    }
  }
  EXPECT_GT(count, 0x800u);
}

TYPED_TEST(NoteImage, HasItsSection) {
  const ByteVector old = WithVTable<TypeParam>().write();
  ByteVector noted = add(old, kEntry);
  const StringRef text = toStringRef(noted);
  const size_t name = text.rfind(".note.dlopen");
  ASSERT_NE(name, StringRef::npos);
  noted[name + 1] = 'N';
  EXPECT_NE(verify(old, noted).find("(.Note.dlopen) is new"),
            std::string::npos);
}

TYPED_TEST(NoteImage, IsRefusedWhereARewriteIs) {
  const auto refusal = [](Bytes file) {
    return toString(addNotes(file, kEntry, true, false).takeError());
  };
  ByteVector file = WithVTable<TypeParam>().write();
  file.append({'m', 'o', 'r', 'e'});
  EXPECT_NE(refusal(file).find("bytes follow all that the file describes"),
            std::string::npos);
  EXPECT_NE(refusal(Bytes(file).take_front(100)), "");
}

// A rewrite would count anew.
TYPED_TEST(NoteImage, WrongCountsAreRefused) {
  ByteVector file = WithVTable<TypeParam>().write();
  const Image image = cantFail(readImage(file));
  const int64_t tag = TypeParam::Is64Bits ? DT_RELACOUNT : DT_RELCOUNT;
  const auto counted = find_if(image.dynamic, [&](const DynamicEntry &entry) {
    return entry.tag == tag;
  });
  ASSERT_NE(counted, image.dynamic.end());
  const Bytes table = image.contentsFrom(image.dynamicRange.address);
  const size_t index = counted - image.dynamic.begin();
  support::endian::write32le(&file[table.begin() - image.bytes.begin() +
                                   (2 * index + 1) * image.wordSize()],
                             counted->value + 1);
  EXPECT_NE(toString(addNotes(file, kEntry, true, false).takeError())
                .find("but the table begins with"),
            std::string::npos);
}
