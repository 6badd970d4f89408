#include "ImageRewriter/VerifyImage.h"
#include "ImageForms.h"
#include "llvm/ADT/StringExtras.h"
#include <gtest/gtest.h>

using namespace llvm;
using namespace llvm::ELF;
using namespace objprelink;

using Forms64 = Forms<object::ELF64LE>;
using Forms32 = Forms<object::ELF32LE>;

static std::string verify(Bytes before, Bytes after) {
  return toString(verifyImageFiles(before, after));
}

template <class ELFT>
static std::string verify(Forms<ELFT> old, Forms<ELFT> now) {
  ByteVector file = now.write();
  rehash(file);
  return verify(old.write(), file);
}

template <class ELFT> class VerifyImage : public testing::Test {};
using Classes = testing::Types<object::ELF64LE, object::ELF32LE>;
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

TEST(VerifyImageForms, KnowsTheOldFilesReadError) {
  EXPECT_EQ(verify({}, {}), "the old file: truncated ELF header: 0 bytes");
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
  EXPECT_EQ(note->slots, 2u);
  const ByteVector bytes = encodeNote(*note);
  EXPECT_EQ(image.contentsAt(note->range.address, note->range.size),
            Bytes(bytes));
  EXPECT_EQ(toStringRef(Bytes(bytes)).substr(hashOffsetInNote(bytes), 32),
            note->hash);
}

/// Changes \p now, writes it with the right hash, and expects \p message.
template <class ELFT, class Change>
static void rejects(const Forms<ELFT> &old, Forms<ELFT> now, Change change,
                    StringRef message, int line) {
  change(now);
  const std::string is = verify(old, now);
  EXPECT_NE(StringRef(is).find(message), StringRef::npos)
      << "line " << line << ": " << is
      << "\n  where this was due: " << message.str();
}
#define REJECTS(old, now, change, message)                                     \
  rejects(                                                                     \
      old, now, [&]([[maybe_unused]] auto &p) { change; }, message, __LINE__)

// What every form has in common: headers, segments, tables, sections, note.
TYPED_TEST(VerifyImage, RejectsChangedTables) {
  using F = Forms<TypeParam>;
  const F old, now = F(old).relay();

  REJECTS(old, now, p.entry = 0x1004, "e_entry is 0x1004 and was 0x1000");
  REJECTS(old, now, p.flags = 1, "e_flags is 0x1 and was 0x0");
  REJECTS(old, now, p.headerPadding = 1, "e_ident is not that before");

  REJECTS(old, now, p.hasNote = false, "no note says that the new one");
  REJECTS(old, now, p.note.slots = 3, "the note says 3 slots of 2 functions");
  REJECTS(old, now, p.note.functions = 1, "the note says 2 slots of 1 func");
  REJECTS(old, now, p.note.options = {"x"},
          "note at 0x6c00: unknown option \"x\"");
  REJECTS(old, now, p.note.version = "", "it has no version");
  REJECTS(old, now, p.noteAt = 0x4840;
          p.others.back().address = 0x4840, "note at 0x4840 is in writable");

  REJECTS(old, now, p.loads[0].flags |= PF_X, "PT_LOAD at 0x0: flags 0x5 were");
  REJECTS(old, now, p.loads[1].flags |= PF_W, "PT_LOAD at 0x1000: flags 0x7");
  REJECTS(old, now, p.loads[0].alignment = 0x800, "alignment 0x800 was 0x1000");
  REJECTS(old, now, p.loads[4].flags |= PF_W, "new PT_LOAD at 0x7000: flags");
  REJECTS(old, now, p.loads[4].alignment = 1, "alignment 0x1 is less than a");
  REJECTS(old, now, p.loads[1].bytes.resize(0xf0);
          p.loads[1].memorySize = 0xf0, "PT_LOAD at 0x1000: 0xf0 bytes at");
  REJECTS(old, now, p.loads[1].address += 0x800,
          "PT_LOAD at 0x1800 was at 0x1000");
  const auto add = [](F &p, int at, uint64_t address) {
    p.loads.insert(p.loads.begin() + at, {address, PF_R, ByteVector(16), 16});
  };
  // Still above all old ones, but in a page of theirs.
  REJECTS(old, now, add(p, 3, 0x4908),
          "at 0x4908 shares a page with the one before it");
  REJECTS(old, now, add(p, 2, 0x2000),
          "at 0x2000 is below the old one at 0x3000");
  REJECTS(old, now, add(p, 5, 0x8000);
          add(p, 6, 0x9000), "more than 3 new PT_LOADs");
  REJECTS(old, now, p.other(PT_GNU_RELRO).size = 0x800,
          "0x800 bytes at 0x3000 were 0x1000 at 0x3000");
  REJECTS(old, now, p.other(PT_GNU_STACK).flags |= PF_X,
          "flags 0x7, alignment 0x10 were 0x6, 0x10");
  REJECTS(old, now, p.other(PT_TLS).alignment = 16,
          "PT_TLS: flags 0x4, alignment 0x10 were 0x4, 0x8");
  REJECTS(old, now, p.other(PT_TLS).memorySize = 24,
          "PT_TLS: 0x18 bytes at 0x3480 were 0x10 at 0x3480");
  REJECTS(old, now, p.other(PT_GNU_EH_FRAME).address = 0xa10,
          "PT_GNU_EH_FRAME: 0x14 bytes at 0xa10 were 0x14 at 0xa00");
  REJECTS(old, now, p.other(PT_GNU_EH_FRAME).size += 8,
          "PT_GNU_EH_FRAME: 0x1c bytes at 0xa00 were 0x14 at 0xa00");
  REJECTS(old, now, p.put32(0xa08, 2), "the byte at 0xa08 is 02 and was 01");
  REJECTS(old, now, p.other(PT_PHDR).address += 8, "PT_PHDR: 0x");
  REJECTS(old, now, p.other(PT_DYNAMIC).size += 16,
          "0x310 bytes at 0x3000 were 0x300 at 0x3000");
  REJECTS(old, now, p.other(PT_NOTE).size -= 4, "PT_NOTE at 0x6040: 0x1");
  REJECTS(old, now, p.other(PT_TLS).type = PT_SHLIB,
          "new segment of type 0x5 at 0x3480");
  REJECTS(old, now, p.others.push_back(p.others.back()),
          "new PT_NOTE at 0x6c00");
  REJECTS(old, now, ++*p.at(p.other(PT_INTERP).address),
          "at 0x6000: its contents are not those at 0x");
  REJECTS(old, now, ++*p.at(p.other(PT_GNU_PROPERTY).address + 24),
          "at 0x6040: its contents are not those at 0x");

  REJECTS(old, now, ++*p.at(p.dyn(DT_GNU_HASH) + 12),
          "the table at 0x6080 is not that at 0x");
  REJECTS(old, now, p.removeDyn(DT_GNU_HASH), "DT_GNU_HASH is missing");
  REJECTS(old, now, ++*p.at(0x500 + 3 * sizeof(typename TypeParam::Sym)),
          "the table at 0x500 is not that at 0x500 before");
  REJECTS(old, now, *p.at(0x602) = 1,
          "the table at 0x600 is not that at 0x600 before");
  REJECTS(old, now, *p.at(0x660 + 1) = 'q',
          "bytes at 0x660 are not the 0x27 at 0x660 before");
  REJECTS(old, now, *p.at(0x620 + 16) = 0,
          "DT_VERNEED: version V1 of libc.so.6 is new");
  REJECTS(old, now, p.dyn(DT_STRSZ) -= 8,
          "0x1f is past the end of the names (0x1f bytes)");
  REJECTS(old, now, p.dyn(DT_SONAME) = 18, "DT_SONAME is 0x12 and was 0x1f");
  REJECTS(old, now, p.removeDyn(DT_SONAME), "stands where DT_SONAME 0x1f was");
  REJECTS(old, now, std::swap(p.dynamic[0], p.dynamic[1]),
          "DT_SONAME 0x1f stands where DT_NEEDED 0x12 was");
  REJECTS(old, now, p.dyn(DT_RUNPATH) = 1, "DT_RUNPATH 0x1 is new");
  REJECTS(old, now, p.dyn(DT_PLTGOT) += 8,
          "DT_PLTGOT is 0x4008 and was 0x4000");
  REJECTS(old, now, p.dyn(DT_FLAGS) = DF_SYMBOLIC,
          "DT_FLAGS is 0x2 and was 0x0");
  REJECTS(old, now, p.dyn(DT_TEXTREL) = 0, "DT_TEXTREL is new");
  REJECTS(old, now, p.dyn(DT_FLAGS) = DF_TEXTREL,
          "DT_FLAGS is 0x4 and was 0x0");
  REJECTS(old, now, p.dyn(F::kIs64 ? DT_RELACOUNT : DT_RELCOUNT) = 4,
          "is 4, but the table begins with 3 RELATIVE ones");
  REJECTS(old, now, p.relr = {F::kWords}, "DT_RELR is new");
  REJECTS(old, now, p.mainAt = 0x4200, ": 0x4200 is in writable memory");

  // Memory that is nobody's table.
  REJECTS(old, now, *p.at(0x1000) = 0xcc,
          "the byte at 0x1000 is cc and was c3");
  REJECTS(old, now, *p.at(0x3ff0) = 1, "the byte at 0x3ff0 is 01 and was 00");
  REJECTS(old, now, *p.at(F::kBss + 8) = 1,
          "the byte at 0x4108 is 01 and was 0");
  REJECTS(old, now, *p.at(0xfff) = 1, "the byte at 0xfff is 01 and was 00");
  // Relocated, but by the same relocation as before.
  if (F::kIs64)
    REJECTS(old, now, p.putWord(F::kRelatives, 0x55),
            "the byte at 0x3540 is 55 and was 00");

  REJECTS(old, now, p.sections.clear(), "section headers are missing");
  REJECTS(old, now, p.section(".comment").contents[0] = 'b',
          "the contents of section 11 (.comment) changed");
  REJECTS(old, now, p.section(".symtab").contents += "x",
          "the contents of section 12 (.symtab) changed");
  REJECTS(old, now, p.section(".text").size -= 1,
          "0xff bytes at 0x1000 were 0x100 at 0x1000");
  REJECTS(old, now, p.section(".text").flags |= SHF_WRITE,
          "section 8 (.text): flags 0x7 was 0x6");
  REJECTS(old, now, p.section(".text").name = ".tixt",
          "section 8 (.text) is missing");
  REJECTS(old, now, p.section(".text").slide = 8,
          "offset 0x1008 is not that of address 0x1000");
  REJECTS(old, now, p.section(".text").link = 3,
          "section 8 (.text): link 0x3 was 0x0");
  REJECTS(old, now, p.section(".rel.dyn").size -= 8,
          "8 bytes at 0x6400, but the table is 0x");
  REJECTS(old, now, p.section(".gnu.hash").address += 8,
          "8 bytes at 0x6088, but the table is 0x");
  REJECTS(old, now, p.section(".text.objprelink").flags |= SHF_WRITE,
          "type 0x1, flags 0x7, where 0x1, 0x6 are due");
  REJECTS(old, now, p.section(".got.objprelink").address = F::kCode,
          "no segment with its rights is at 0x7000");
  REJECTS(old, now, p.section(".objprelink.undo").name = ".other",
          "section 17 (.other) is new");
  REJECTS(old, now, p.sections.push_back(p.sections.back()),
          "section 18 (.objprelink.undo) is new");
}

// Every relocation has its equal.
TYPED_TEST(VerifyImage, RejectsChangedRelocations) {
  using F = Forms<TypeParam>;
  const F old, now = F(old).relay();
  const auto drop = [](F &p, uint64_t place) {
    for (auto *table : {&p.main, &p.plt})
      erase_if(*table, [&](auto &r) { return r.offset == place; });
    p.dyn(F::kIs64 ? DT_RELACOUNT : DT_RELCOUNT) = 0;
  };
  REJECTS(old, now, p.relocation(F::kRelatives).addend += 1,
          "0x1001) was (type 8, symbol 0, addend 0x1000)");
  REJECTS(old, now, drop(p, F::kRelatives),
          "(type 8, symbol 0, addend 0x1000) is missing");
  REJECTS(old, now, drop(p, F::slot(3)),
          "(type 1, symbol 3 (w), addend 0x0) is missing");
  REJECTS(old, now, drop(p, p.wordOfF()), "DT_JMPREL: 0 entries were 1");
  REJECTS(old, now, p.relocation(F::slot(0)).symbol = F::g,
          "0x0) was (type 1, symbol 1 (f@V1), addend 0x0)");
  REJECTS(old, now, p.relocation(F::kGotOfG).symbol = F::f,
          "0x0) was (type 6, symbol 2 (g@V1), addend 0x0)");
  REJECTS(old, now, p.relocation(F::slot(7)).addend = 8,
          "0x8) was (type 1, symbol 6 (h), addend 0x4)");
  REJECTS(old, now, p.relocation(p.wordOfF()).symbol = F::g,
          "DT_JMPREL: entry 0 is of address 0x40");
  REJECTS(old, now, p.relocation(p.wordOfF()).type = p.target().globDat,
          "DT_JMPREL: entry 0 is of address 0x40");
  REJECTS(old, now, p.main.push_back(p.main.back()), ": 2 relocations were 1");
  REJECTS(old, now, p.main.push_back(p.plt[0]);
          p.plt.clear(), "DT_JMPREL: 0 entries were 1");
  REJECTS(old, now, p.plt.push_back(p.main.back());
          p.main.pop_back(), "DT_JMPREL: new entry of type 1 for address 0x34");
  const auto add = [](F &p, uint64_t place, uint32_t type) {
    p.main.push_back({place, type, 0, 0x1000});
  };
  const uint32_t relative = now.target().relative;
  REJECTS(old, now, add(p, 0x3ff0, relative),
          "0, addend 0x1000) of a word in old memory");
  REJECTS(old, now, add(p, F::kWords, relative),
          "8, symbol 0, addend 0x1000) that nothing needs");
  REJECTS(old, now, add(p, F::kWords, now.target().globDat),
          "0, addend 0x1000) of a type that none can have");
  REJECTS(old, now, add(p, F::kCode + 0x80, relative),
          "0, addend 0x1000) of a word in read-only memory");
  REJECTS(old, now, add(p, F::kWords, relative);
          add(p, F::kWords + 2, relative),
          "8, symbol 0, addend 0x1000) overlaps another");
  REJECTS(old, now, p.plt.push_back(p.jumpSlot(F::word(0), F::g, F::kCode)),
          "0x4840: a new JUMP_SLOT, but the mode is relay");

  // Slots that no stub may stand for.
  for (int slot : {3, 4, 5})
    REJECTS(old, now, p.redirect(slot, F::kCode), "is redirected, but symbol");
  REJECTS(old, now, p.redirect(7, F::kCode),
          "0x7000) was (type 1, symbol 6 (h), addend 0x4)");
  REJECTS(old, now, p.redirect(1, F::kCode);
          p.relocation(F::slot(1)).symbol = F::f, ": RELATIVE with symbol 1");
}

// Stubs lead to the right words, and those to the right symbols.
TYPED_TEST(VerifyImage, RejectsWrongStubs) {
  using F = Forms<TypeParam>;
  OldOptions options;
  options.pads = true;
  const F old(options), now = F(old).relay();
  REJECTS(old, now, p.redirect(1, F::kCode + 0x40),
          "but (type 6, symbol 2 (g@V1), addend 0x0)");
  REJECTS(old, now, p.redirect(6, F::kCode),
          "6 (h) but (type 1, symbol 1 (f@V1), addend 0x0)");
  REJECTS(old, now, p.redirect(1, F::kCode + 0x100),
          ": the code at 0x7100 is not a stub");
  REJECTS(old, now, p.redirect(1, 0x6000),
          ": the code at 0x6000 is not a stub");
  REJECTS(old, now, p.redirect(1, uint32_t(-16)),
          ": the code at 0xfffffff0 is not a stub");
  REJECTS(old, now, p.redirect(1, F::kCode + 0x1fe),
          ": the code at 0x71fe is not a stub");
  REJECTS(old, now, p.redirect(0, F::kCode),
          "1 (f@V1) but (type 8, symbol 0, addend 0x7000)");
  REJECTS(old, now, p.putStub(F::kCode, F::slot(2)),
          "1 (f@V1) but (type 8, symbol 0, addend 0x7040)");
  REJECTS(old, now, p.putStub(F::kCode, F::slot(0) + 1),
          "word at 0x3401 is not that of symbol 1 (f@V1)");
  REJECTS(old, now, p.putStub(F::kCode, 0x4050),
          "word at 0x4050 is not that of symbol 1 (f@V1)");
  REJECTS(old, now, p.options.pads = false;
          p.putStub(F::kCode, F::slot(0)),
          ": the stub at 0x7000 has no landing pad");
  for (int i : {4, 5})
    REJECTS(old, now, *p.at(F::kCode + i) = 0x90,
            ": the code at 0x7000 is not a stub");
  REJECTS(old, now, p.putStub(F::kCode, p.wordOfF()),
          ": the stub at 0x7000: the word at 0x40");
  if (!F::kIs64)
    for (int i = 0; i < 25; ++i)
      REJECTS(old, now, *p.at(F::kCode + i) ^= 0x81, "not ");
}

// A relay's word is not easier to write to than the slot was.
TYPED_TEST(VerifyImage, KeepsHardening) {
  using F = Forms<TypeParam>;
  OldOptions options;
  F writable(options);
  // The GOT's word of g is where PT_GNU_RELRO does not reach.
  writable.relocation(F::kGotOfG).offset = 0x4080;
  F now = F(writable).relay();
  REJECTS(writable, now, p.putStub(F::kCode + 0x40, 0x4080),
          "at 0x7040: the word at 0x4080 is not in RELRO");

  options.bindNow = true;
  const F bound(options);
  const F relays = F(bound).relay();
  REJECTS(bound, relays, p.dyn(DT_FLAGS) = 0, "DT_FLAGS is 0x0 and was 0x8");
  REJECTS(bound, relays, p.dyn(DT_FLAGS_1) = 0,
          "DT_FLAGS_1 is 0x0 and was 0x1");
  REJECTS(bound, relays, p.dyn(DT_FLAGS_1) |= DF_1_NODELETE,
          "DT_FLAGS_1 is 0x9 and was 0x1");
  REJECTS(bound, relays, p.dyn(DT_PLTGOT) = F::kWords,
          "DT_PLTGOT is 0x4800 and was 0x3600");
}

// Words that are bound at the first call.
TYPED_TEST(VerifyImage, RejectsWrongLazyEntries) {
  using F = Forms<TypeParam>;
  OldOptions options;
  options.pads = true;
  const F old(options);
  const F now = F::kIs64 ? F(old).lazy() : F(old).picPlt();
  const uint64_t stub = F::kIs64 ? F::kCode : F::kCode + 0x80;
  const uint64_t tail = stub + (F::kIs64 ? 10 : 25);
  const uint64_t word = F::kIs64 ? F::word(1) : F::word(2);
  ASSERT_EQ(now.plt.back().offset, word);

  REJECTS(old, now, p.note.mode = Mode::Relay;
          p.others.back().size = encodeNote(p.note).size(),
          "is bound late in mode relay");
  REJECTS(old, now, p.dyn(DT_FLAGS) = DF_BIND_NOW,
          "DT_FLAGS is 0x8 and was 0x0");
  REJECTS(old, now, p.putTail(tail, 7, F::kIs64 ? F::kPlt0 : F::kCode),
          ", where 0x1");
  REJECTS(old, now, *p.at(tail + 10) += 1, "1 does not call ld.so");
  REJECTS(old, now, *p.at(tail) = 0x90,
          ", which is not the end of a PLT entry");
  REJECTS(old, now, p.plt.back().offset = 0x3ff0;
          p.putStub(stub, 0x3ff0), "of a word in old memory");
  REJECTS(old, now, p.plt.back().offset = stub + 0x100;
          p.putStub(stub, stub + 0x100), "of a word in read-only memory");
  REJECTS(old, now, p.plt.back().symbol = F::f,
          "(g@V1) but (type 7, symbol 1 (f@V1), addend 0x");
  REJECTS(old, now, std::swap(p.plt.front(), p.plt.back()),
          "is of address 0x4848, symbol 2, and was of 0x40");
  REJECTS(old, now, p.plt.insert(p.plt.begin(), p.plt.back());
          p.plt.pop_back(), "is of address 0x4848, symbol 2, and was of 0x40");
  REJECTS(old, now, p.plt.back().type = p.target().indirectRelative,
          "DT_JMPREL: new entry of type");
  REJECTS(old, now, p.main.push_back(p.plt.back());
          p.plt.pop_back(), "in the wrong table");
  REJECTS(old, now, p.plt.push_back(p.plt.back());
          p.plt.back().offset += 0x20,
          F::kIs64 ? "leads to 0x0" : "pushes 0x10");
  if (F::kIs64)
    REJECTS(old, now, p.putWord(word, 0),
            "to 0x0, which is not the end of a PLT entry");
  else
    REJECTS(old, now, p.plt.back().addend = 0,
            "to 0x0, which is not the end of a PLT entry");
  REJECTS(old, now, p.redirect(2, F::kPltOfF), "the slot at 0x34");
  const uint64_t second = now.got() + F::kWord;
  F relocated(options);
  relocated.main.push_back({second, now.target().relative, 0, 0});
  REJECTS(relocated, F::kIs64 ? F(relocated).lazy() : F(relocated).picPlt(), ,
          "0: DT_PLTGOT: the word at 0x400");
  F full(options);
  full.putWord(second, 1);
  REJECTS(full, F::kIs64 ? F(full).lazy() : F(full).picPlt(), ,
          "0: DT_PLTGOT: the word at 0x400");
}

TEST(VerifyImageForms, RejectsWrongI386Plt) {
  OldOptions options;
  options.pads = true;
  const Forms32 old(options), pic = Forms32(old).picPlt(),
                              absolute = Forms32(old).absolutePlt();
  for (int i = 0; i < 32; ++i)
    REJECTS(old, pic, *p.at(Forms32::kCode + i) ^= 0x81, "the code at 0x7000");
  // The old PLT wants the address of the GOT in %ebx.
  REJECTS(old, pic, p.putTail(Forms32::kCode + 0x80 + 25, 2, 0x1020),
          "the code at 0x1020 needs the address of the GOT");
  REJECTS(old, pic, p.redirect(0, Forms32::kPltOfF),
          "the code at 0x1030 is not a stub");

  REJECTS(old, absolute, p.note.options = {}, "DT_TEXTREL is new");
  REJECTS(old, absolute, p.removeDyn(DT_TEXTREL),
          "0, addend 0x4004) of a word in read-only memory");
  for (int i = 0; i < 4; ++i) {
    const uint64_t place = absolute.main[absolute.main.size() - 1 - i].offset;
    REJECTS(old, absolute,
            erase_if(p.main, [&](auto &r) { return r.offset == place; }),
            "the slot at 0x340");
    REJECTS(old, absolute, p.relocation(place).addend += 4,
            ": the stub at 0x70");
  }
}

TYPED_TEST(VerifyImage, RejectsWrongOverrides) {
  using F = Forms<TypeParam>;
  OldOptions options;
  options.bindNow = true;
  const F old(options);
  const F eager = F(old).overrideBindNow(), lazy = F(old).overrideBindNow(true);
  const uint64_t word = old.wordOfF();
  REJECTS(old, eager, p.note.options = {}, "DT_FLAGS is 0x0 and was 0x8");
  REJECTS(old, eager, p.relocation(word).symbol = F::g,
          ": relocation (type 6, symbol 2 (g@V1), addend 0x");
  REJECTS(old, eager, p.plt.insert(p.plt.end(), p.main.back());
          p.main.pop_back(); p.plt.back().type = p.target().jumpSlot,
                             "is bound late, but in RELRO");
  REJECTS(old, eager, p.dyn(DT_PLTGOT) = p.got(),
          "the code at 0x7000 leads to 0x480");
  REJECTS(old, eager, p.dyn(DT_PLTGOT) = F::kBss,
          "the code at 0x7000 leads to 0x480");
  REJECTS(old, eager, p.putWord(F::kWords + F::kWord, 1),
          "DT_PLTGOT: the word at 0x480");
  REJECTS(old, lazy, p.note.options.pop_back(),
          "relocation (type 7, symbol 1 (f@V1), addend 0x");
  const uint64_t field = F::kPltOfF + 2;
  REJECTS(old, lazy, *p.at(field) += F::kWord,
          "the PLT entry at 0x1030 jumps through 0x484");
  REJECTS(old, lazy, *p.at(field) -= F::kWord,
          "the PLT entry at 0x1030 jumps through 0x483");
  REJECTS(old, lazy, p.put(field, Bytes(F(old).at(field), 4)),
          "the PLT entry at 0x1030 jumps through 0x36");
  REJECTS(old, lazy, *p.at(field - 1) = 0x15,
          "the PLT entry at 0x1030 is no longer a jump");
  REJECTS(old, lazy, *p.at(field + 4) ^= 1,
          "the byte at 0x1036 is 69 and was 68");
}

TYPED_TEST(VerifyImage, RejectsWrongPacking) {
  using F = Forms<TypeParam>;
  const F old, now = F(old).packed();
  const uint64_t needs = now.kTables + 0xd80, strings = now.kTables + 0xe00;
  REJECTS(old, now, p.note.options = {}, "DT_RELR is new");
  REJECTS(old, now, p.putWord(F::kRelatives, 0x55),
          "0x55) was (type 8, symbol 0, addend 0x1000)");
  REJECTS(old, now, p.relr.pop_back(),
          "(type 8, symbol 0, addend 0x1002) is missing");
  REJECTS(old, now, p.relr.push_back(p.relr.back() + F::kWord),
          "symbol 0, addend 0x0) of a word in old memory");
  REJECTS(old, now, ++*p.at(needs + 32),
          "GLIBC_ABI_DT_RELR: hash 0xfd0e43, flags 0x0");
  REJECTS(old, now, *p.at(needs + 36) = 2,
          "GLIBC_ABI_DT_RELR: hash 0xfd0e42, flags 0x2");
  REJECTS(old, now, *p.at(strings + F::kStrings.size()) = 'g',
          "at 0x6e00 are not the 0x27 at 0x660 before");
  REJECTS(old, now, *p.at(strings + 1) = 'q',
          "at 0x6e00 are not the 0x27 at 0x660 before");
  REJECTS(old, now, p.dyn(DT_VERNEED) = 0x620,
          "is a DT_RELR, but no need for GLIBC_ABI_DT_RELR");
  REJECTS(old, now, *p.at(needs + 16) = 0,
          "DT_VERNEED: version V1 of libc.so.6 is new");
  REJECTS(old, now, p.section(".dynstr").address = 0x660,
          "bytes at 0x660, but the table is 0x39 at 0x6e00");
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
