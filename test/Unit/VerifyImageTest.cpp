#include "ImageVerdict.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;
using namespace llvm::ELF;
using namespace objprelink;

template <class ELFT> class VerifyImage : public testing::Test {};
TYPED_TEST_SUITE(VerifyImage, Classes);

/// All forms of a class, with and without landing pads and section headers.
template <class ELFT> static std::vector<OldOptions> variants() {
  std::vector<OldOptions> out;
  for (bool pads : {false, true})
    for (bool bindNow : {false, true})
      for (bool sections : {false, true})
        out.push_back({pads, bindNow, sections, true});
  return out;
}

TYPED_TEST(VerifyImage, AcceptsNoChange) {
  for (OldOptions options : variants<TypeParam>()) {
    Forms<TypeParam> old(options);
    EXPECT_EQ(verify(old, old), "");
  }
}

TYPED_TEST(VerifyImage, AcceptsRelays) {
  for (OldOptions options : variants<TypeParam>()) {
    Forms<TypeParam> old(options);
    EXPECT_EQ(verify(old, old.relay()), "");
    if (!Forms<TypeParam>::kIs64) {
      EXPECT_EQ(verify(old, old.relay(/*throughEax=*/true)), "");
    }
  }
}

TYPED_TEST(VerifyImage, AcceptsPackedRelocations) {
  for (OldOptions options : variants<TypeParam>()) {
    Forms<TypeParam> old(options);
    EXPECT_EQ(verify(old, old.packed()), "");
    options.libc = false;
    Forms<TypeParam> other(options);
    EXPECT_EQ(verify(other, other.packed()), "");
  }
}

TYPED_TEST(VerifyImage, AcceptsOverriddenBindNow) {
  for (OldOptions options : variants<TypeParam>()) {
    if (!options.bindNow)
      continue;
    Forms<TypeParam> old(options);
    EXPECT_EQ(verify(old, old.overrideBindNow()), "");
    EXPECT_EQ(verify(old, old.overrideBindNow(/*lazyAll=*/true)), "");
  }
}

TYPED_TEST(VerifyImage, AcceptsLazyEntries) {
  for (OldOptions options : variants<TypeParam>()) {
    if (options.bindNow)
      continue;
    Forms<TypeParam> old(options);
    if (Forms<TypeParam>::kIs64) {
      EXPECT_EQ(verify(old, old.lazy()), "");
      continue;
    }
    EXPECT_EQ(verify(old, old.absolutePlt()), "");
    EXPECT_EQ(verify(old, old.picPlt()), "");
  }
}

TEST(VerifyImageFiles, KnowsTheOldFilesReadError) {
  EXPECT_EQ(verify({}, {}), "the old file: truncated ELF header: 0 bytes");
}

TEST(VerifyImageFiles, RejectsTheOtherClass) {
  EXPECT_EQ(verify(Forms<object::ELF64LE>().write(),
                   Forms<object::ELF32LE>().write()),
            "the ELF class is not that before");
}

// The build-id stays, so the note has to tell one output from another.
TYPED_TEST(VerifyImage, ChecksTheHashOfTheNote) {
  Forms<TypeParam> old, now = Forms<TypeParam>(old).relay();
  ByteVector file = now.write();
  EXPECT_NE(verify(old.write(), file).find("has hash 00000000"),
            std::string::npos);
  rehash(file);
  EXPECT_EQ(verify(old.write(), file), "");
  // A rewritten image is not an old one.
  ByteVector other = file;
  other.back() ^= 1;
  EXPECT_EQ(verify(file, other),
            "the old image was rewritten before, by version 0.1.0");

  const Image image = cantFail(readImage(file));
  const std::optional<FoundNote> note = cantFail(findNote(image));
  ASSERT_TRUE(note);
  EXPECT_EQ(note->mode, Mode::Relay);
  EXPECT_EQ(note->slots, 3u);
  const ByteVector bytes = encodeNote(*note);
  EXPECT_EQ(image.contentsAt(note->range.address, note->range.size),
            Bytes(bytes));
  EXPECT_EQ(toStringRef(Bytes(bytes)).substr(hashOffsetInNote(bytes), 32),
            note->hash);
}

// Whether the hash is checked is the caller's to say, and not the file system's
// that has copied bytes or has not.
TYPED_TEST(VerifyImage, ChecksTheHashWhereItIsAsked) {
  Forms<TypeParam> old, now = Forms<TypeParam>(old).relay();
  const ByteVector was = old.write(), is = now.write();
  const Image before = cantFail(readImage(was));
  Copies copies;
  copies.add(was.data(), Bytes(is).take_front(1));
  for (const Copies &copied : {Copies(), copies}) {
    EXPECT_NE(
        toString(verifyImage(before, is, copied)).find("has hash 00000000"),
        std::string::npos);
    EXPECT_EQ(toString(verifyImage(before, is, copied, {NoteHash::Trusted})),
              "");
  }
}

// What every form has in common, but for what has rooms of its own.
TYPED_TEST(VerifyImage, RejectsChangedHeaders) {
  using F = Forms<TypeParam>;
  const F old, now = F(old).relay();

  REJECTS(old, now, p.entry = 0x1004, "e_entry is 0x1004 and was 0x1000");
  REJECTS(old, now, p.flags = 1, "e_flags is 0x1 and was 0x0");
  REJECTS(old, now, p.headerPadding = 1, "e_ident is not that before");
  REJECTS(old, now, p.machine = EM_RISCV, "e_machine is 0xf3 and was 0x*");

  REJECTS(old, now, p.hasNote = false,
          "the files differ, and no note says that the new one was rewritten");
  REJECTS(old, now, p.note.slots = 2,
          "the note says 2 slots of 2 functions, and there are 3 of 2");
  REJECTS(old, now, p.note.functions = 1,
          "the note says 3 slots of 1 functions, and there are 3 of 2");
  REJECTS(old, now, p.note.options = {"x"},
          "the note at 0x6c00: unknown option \"x\"");
  REJECTS(old, now, p.note.version = "",
          "the note at 0x6c00: it has no version");
  REJECTS(old, now, p.noteAt = 0x4840;
          p.others.back().address = 0x4840,
          "the note at 0x4840 is in writable memory");

  // Memory that is nobody's table.
  REJECTS(old, now, *p.at(0x1000) = 0xcc,
          "the byte at 0x1000 is cc and was c3");
  REJECTS(old, now, *p.at(0x3ff0) = 1, "the byte at 0x3ff0 is 01 and was 00");
  REJECTS(old, now, *p.at(F::kBss + 8) = 1,
          "the byte at 0x4108 is 01 and was 0");
  REJECTS(old, now, *p.at(0xfff) = 1, "the byte at 0xfff is 01 and was 00");
  REJECTS(old, now, p.loads[1].bytes.resize(0x20),
          "the byte at 0x1020 is 0 and was ff");
  // Relocated, but by the same relocation as before.
  if (F::kIs64)
    REJECTS(old, now, p.putWord(F::kRelatives, 0x55),
            "the byte at 0x3540 is 55 and was 00");
}

TYPED_TEST(VerifyImage, RejectsOtherMachines) {
  Forms<TypeParam> old, now = Forms<TypeParam>(old).relay();
  old.machine = now.machine = EM_RISCV;
  EXPECT_EQ(verify(old, now), "machine 243 is not supported");
}

// The program headers are not read where they are in memory, but where the ELF
// header says, which is found there, too.
TYPED_TEST(VerifyImage, RejectsProgramHeadersElsewhere) {
  using F = Forms<TypeParam>;
  using Ehdr = typename TypeParam::Ehdr;
  using Phdr = typename TypeParam::Phdr;
  const F old, now = F(old).relay();
  const ByteVector before = old.write(), file = now.write();

  ByteVector atEnd = file;
  atEnd.append(&file[F::kHeader], &file[now.headersEnd()]);
  reinterpret_cast<Ehdr *>(atEnd.data())->e_phoff = file.size();
  rehash(atEnd);
  EXPECT_EQ(
      verify(before, atEnd),
      formatv("e_phoff is {0:x} and was {1:x}", file.size(), F::kHeader).str());

  // The first page twice, once for nobody.
  ByteVector apart(file.begin(), file.begin() + 0x1000);
  apart.append(file.begin(), file.end());
  for (uint64_t at = F::kHeader; at < now.headersEnd(); at += sizeof(Phdr))
    reinterpret_cast<Phdr *>(&apart[at])->p_offset += 0x1000;
  reinterpret_cast<Ehdr *>(apart.data())->e_shoff = 0;
  rehash(apart);
  EXPECT_EQ(verify(before, apart),
            "the program headers are not in one loadable segment");
}

/// A copy that ends where its memory does, for the address sanitizer.
static bool survives(Bytes before, Bytes after) {
  const std::unique_ptr<uint8_t[]> copy(new uint8_t[after.size()]);
  llvm::copy(after, copy.get());
  const Bytes bytes(copy.get(), after.size());
  return verify(before, bytes).size() + 1;
}

// NEW is untrusted: any byte of its headers and tables may be anything, the
// hash notwithstanding.
template <class ELFT>
static void survivesAnyByte(Forms<ELFT> old, Forms<ELFT> now) {
  const ByteVector before = old.write();
  ByteVector file = now.write();
  rehash(file);
  for (size_t at = 0; at < file.size(); ++at) {
    const uint8_t was = file[at];
    for (int value : {0x00, 0x7f, 0x80, 0xff, was + 1, was - 8}) {
      // Zeros in the middle of nowhere are all alike.
      if (!was && at > 0x400 && (at % 32 || value != 0xff))
        continue;
      file[at] = value;
      ByteVector right = file;
      rehash(right);
      EXPECT_TRUE(survives(before, right)) << at << " " << value;
    }
    file[at] = was;
  }
}

TYPED_TEST(VerifyImage, SurvivesAnyByte) {
  using F = Forms<TypeParam>;
  OldOptions options;
  options.bindNow = true;
  const F old(options);
  survivesAnyByte(old, F(old).overrideBindNow(/*lazyAll=*/true));
  survivesAnyByte(old, F(old).packed());
}

TYPED_TEST(VerifyImage, SurvivesAnyEnd) {
  using F = Forms<TypeParam>;
  F old, now = F(old).relay();
  const ByteVector before = old.write(), file = now.write();
  for (size_t size = 0; size < file.size(); size += 7)
    EXPECT_NE(verify(before, Bytes(file).take_front(size)), "") << size;
}
