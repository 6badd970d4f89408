#include "ImageVerdict.h"

using namespace llvm;
using namespace llvm::ELF;
using namespace objprelink;

using Forms32 = Forms<object::ELF32LE>;

template <class ELFT> class VerifyStubs : public testing::Test {};
TYPED_TEST_SUITE(VerifyStubs, Classes);

// Stubs lead to the right words, and those to the right symbols.
TYPED_TEST(VerifyStubs, RejectsWrongStubs) {
  using F = Forms<TypeParam>;
  OldOptions options;
  options.pads = true;
  const F old(options), now = F(old).relay();
  REJECTS(old, now, p.redirect(2, F::kCode),
          "the slot at *: the stub at 0x7000: the word at 0x3508 is not that "
          "of symbol 2 (g@V1) but (type 6, symbol 1 (f@V1), addend 0x0)");
  REJECTS(old, now, p.redirect(2, F::kCode + 0x100),
          "the slot at *: the code at 0x7100 is not a stub");
  REJECTS(old, now, p.redirect(2, 0x6000),
          "the slot at *: the code at 0x6000 is not a stub");
  REJECTS(old, now, p.redirect(2, uint32_t(-16)),
          "the slot at *: the code at 0xfffffff0 is not a stub");
  REJECTS(old, now, p.redirect(2, F::kCode + 0x1fe),
          "the slot at *: the code at 0x71fe is not a stub");
  REJECTS(old, now, p.putStub(F::kCode, F::slot(2)),
          "the slot at *: the stub at 0x7000: the word at * is not that of "
          "symbol 1 (f@V1) but (type 8, symbol 0, addend 0x7040)");
  REJECTS(old, now, p.putStub(F::kCode, F::kGotOfF + 1),
          "the slot at *: the stub at 0x7000: the word at 0x3509 is not that "
          "of symbol 1 (f@V1)");
  REJECTS(old, now, p.putStub(F::kCode, 0x4050),
          "the slot at *: the stub at 0x7000: the word at 0x4050 is not that "
          "of symbol 1 (f@V1)");
  REJECTS(old, now, p.options.pads = false;
          p.putStub(F::kCode, F::kGotOfF),
          "the slot at *: the stub at 0x7000 has no landing pad");
  for (int i : {4, 5})
    REJECTS(old, now, *p.at(F::kCode + i) = 0x90,
            "the slot at *: the code at 0x7000 is not a stub");
  REJECTS(old, now, p.putStub(F::kCode, p.wordOfF()),
          "the slot at *: the stub at 0x7000: the word at * is bound late in "
          "mode relay");
  if (!F::kIs64)
    for (int i = 0; i < 25; ++i)
      REJECTS(old, now, *p.at(F::kCode + i) ^= 0x81,
              "the slot at 0x3400: the * at 0x7000* is not *");
}

// A relay's word is not easier to write to than the slot was.
TYPED_TEST(VerifyStubs, KeepsHardening) {
  using F = Forms<TypeParam>;
  OldOptions options;
  F writable(options);
  // The GOT's word of g is where PT_GNU_RELRO does not reach.
  writable.relocation(F::kGotOfG).offset = 0x4080;
  F now = F(writable).relay();
  REJECTS(
      writable, now, p.putStub(F::kCode + 0x40, 0x4080),
      "the slot at *: the stub at 0x7040: the word at 0x4080 is not in RELRO");

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
TYPED_TEST(VerifyStubs, RejectsWrongLazyEntries) {
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
          "the slot at 0x3400: the stub at *: the word at * is bound late in "
          "mode relay");
  REJECTS(old, now, p.dyn(DT_FLAGS) = DF_BIND_NOW,
          "DT_FLAGS is 0x8 and was 0x0");
  REJECTS(
      old, now, p.putTail(tail, 7, F::kIs64 ? F::kPlt0 : F::kCode),
      "the slot at *: the stub at *: the code at * pushes *, where * is due");
  REJECTS(old, now, p.options.pads = false;
          p.putTail(tail, p.plt.size() - 1, F::kIs64 ? F::kPlt0 : F::kCode),
          "the slot at *: the stub at *: the code at * has no landing pad");
  REJECTS(old, now, *p.at(tail + 10) += 1,
          "the slot at *: the stub at *: the code at * does not call ld.so");
  REJECTS(old, now, *p.at(tail) = 0x90,
          "the slot at *: the stub at *: the word at 0x4848 leads to *, which "
          "is not the end of a PLT entry");
  REJECTS(old, now, p.plt.back().offset = 0x3ff0;
          p.putStub(stub, 0x3ff0),
          "address 0x3ff0: new relocation (type 7, symbol 2 (g@V1), addend *) "
          "of a word in old memory");
  REJECTS(old, now, p.plt.back().offset = stub + 0x100;
          p.putStub(stub, stub + 0x100),
          "address *: new relocation (type 7, symbol 2 (g@V1), addend *) of a "
          "word in read-only memory");
  REJECTS(old, now, p.plt.back().symbol = F::f,
          "the slot at *: the stub at *: the word at 0x4848 is not that of "
          "symbol 2 (g@V1) but (type 7, symbol 1 (f@V1), addend *)");
  REJECTS(old, now, std::swap(p.plt.front(), p.plt.back()),
          "DT_JMPREL: entry 0 is of address 0x4848, symbol 2, and was of *, 1");
  REJECTS(old, now, p.plt.insert(p.plt.begin(), p.plt.back());
          p.plt.pop_back(),
          "DT_JMPREL: entry 0 is of address 0x4848, symbol 2, and was of *, 1");
  REJECTS(old, now, p.plt.back().type = p.target().indirectRelative,
          "DT_JMPREL: new entry of type * for address 0x4848");
  REJECTS(old, now, p.main.push_back(p.plt.back());
          p.plt.pop_back(), "address 0x4848: new relocation (type 7, symbol 2 "
                            "(g@V1), addend *) in the wrong table");
  REJECTS(old, now, p.plt.push_back(p.plt.back());
          p.plt.back().offset += 0x20,
          F::kIs64 ? "the word at 0x4868 leads to 0x0, which is not the end of "
                     "a PLT entry"
                   : "the code at 0x7099 pushes 0x10, where 0x18 is due");
  if (F::kIs64)
    REJECTS(old, now, p.putWord(word, 0),
            "the slot at 0x3410: the stub at 0x7000: the word at 0x4848 leads "
            "to 0x0, which is not the end of a PLT entry");
  else
    REJECTS(old, now, p.plt.back().addend = 0,
            "the slot at 0x3408: the stub at 0x7080: the word at 0x4848 leads "
            "to 0x0, which is not the end of a PLT entry");
  REJECTS(
      old, now, p.redirect(2, F::kPltOfF),
      F::kIs64
          ? "the slot at 0x3410: the stub at 0x1030: the word at 0x4018 is not "
            "that of symbol 2 (g@V1) but (type 7, symbol 1 (f@V1), addend 0x0)"
          : "the slot at 0x3408: the code at 0x1030 is not a stub");
  const uint64_t second = now.got() + F::kWord;
  F relocated(options);
  relocated.main.push_back({second, now.target().relative, 0, 0});
  REJECTS(relocated, F::kIs64 ? F(relocated).lazy() : F(relocated).picPlt(), ,
          "the slot at 0x3400: the stub at *: DT_PLTGOT: the word at * is "
          "relocated");
  F full(options);
  full.putWord(second, 1);
  REJECTS(full, F::kIs64 ? F(full).lazy() : F(full).picPlt(), ,
          "the slot at 0x3400: the stub at *: DT_PLTGOT: the word at * is not "
          "zero");
}

// Where ld.so could not write, or would not look.
TYPED_TEST(VerifyStubs, RejectsLazyEntriesInReadOnlyMemory) {
  using F = Forms<TypeParam>;
  const F old, now = F(old).picPlt();
  const uint64_t stub = F::kCode + 0x80, place = F::kCode + 0x180;
  REJECTS(old, now, p.allow("plt=absolute"); p.dyn(DT_TEXTREL) = 0;
          p.plt.back().offset = place;
          p.putStub(stub, place),
          "the slot at *: the stub at 0x7080: the word at 0x7180 is bound "
          "late, but not writable");

  // Pictures of REL targets write the addend there.
  if (F::kIs64)
    REJECTS(old, now, p.loads[2].memorySize += 0x100;
            p.plt.back().offset = 0x4910;
            p.putStub(stub, 0x4910),
            "the slot at *: the stub at 0x7080: the word at 0x4910 is not in "
            "the file");

  F constant = old;
  constant.dyn(DT_PLTGOT) = 0xc00;
  REJECTS(constant, F(constant).picPlt(),
          F::kIs64 ? p.putPlt0(F::kCode, 0xc00) : p.putPicPlt0(F::kCode, 0xc00),
          "the slot at 0x3400: the stub at 0x7040: DT_PLTGOT: the word at * is "
          "not writable");
  F without = old;
  without.removeDyn(DT_PLTGOT);
  REJECTS(without, F(without).picPlt(), ,
          "the slot at 0x3400: the stub at 0x7040: there is no DT_PLTGOT");
}

TEST(VerifyI386Stubs, RejectsWrongPlt) {
  OldOptions options;
  options.pads = true;
  const Forms32 old(options), pic = Forms32(old).picPlt(),
                              absolute = Forms32(old).absolutePlt();
  for (int i = 0; i < 32; ++i)
    REJECTS(old, pic, *p.at(Forms32::kCode + i) ^= 0x81,
            "the slot at 0x3400: the stub at 0x7040: the code at 0x7000 *");
  // The old PLT wants the address of the GOT in %ebx.
  REJECTS(old, pic, p.putTail(Forms32::kCode + 0x80 + 25, 2, 0x1020),
          "the slot at 0x3408: the stub at 0x7080: the code at 0x1020 needs "
          "the address of the GOT");
  REJECTS(old, pic, p.redirect(0, Forms32::kPltOfF);
          p.redirect(1, Forms32::kPltOfF),
          "the slot at 0x3400: the code at 0x1030 is not a stub");

  REJECTS(old, absolute, p.note.options = {}, "DT_TEXTREL is new");
  REJECTS(old, absolute, p.removeDyn(DT_TEXTREL),
          "address 0x7002: new relocation (type 8, symbol 0, addend 0x4004) of "
          "a word in read-only memory");
  for (int i = 0; i < 4; ++i) {
    const Relocation &field = absolute.main[absolute.main.size() - 1 - i];
    // The code is right, but nobody makes the address so.
    REJECTS(
        old, absolute,
        erase_if(p.main, [&](auto &r) { return r.offset == field.offset; });
        p.putWord(field.offset, field.addend),
        "the slot at *: the absolute address at * has no RELATIVE relocation");
    REJECTS(old, absolute, p.relocation(field.offset).addend += 4,
            "the slot at *: the stub at 0x70*");
  }
}

TYPED_TEST(VerifyStubs, RejectsWrongOverrides) {
  using F = Forms<TypeParam>;
  OldOptions options;
  options.bindNow = true;
  const F old(options);
  const F eager = F(old).overrideBindNow(), lazy = F(old).overrideBindNow(true);
  const uint64_t word = old.wordOfF();
  REJECTS(old, eager, p.note.options = {}, "DT_FLAGS is 0x0 and was 0x8");
  REJECTS(old, eager, p.relocation(word).symbol = F::g,
          "address *: relocation (type 6, symbol 2 (g@V1), addend *) was (type "
          "7, symbol 1 (f@V1), addend *)");
  REJECTS(old, eager, p.plt.insert(p.plt.end(), p.main.back());
          p.main.pop_back(); p.plt.back().type = p.target().jumpSlot,
                             "the word at * is bound late, but in RELRO");
  REJECTS(old, eager, p.dyn(DT_PLTGOT) = p.got(),
          "the slot at 0x3400: the stub at 0x7040: the code at 0x7000 leads to "
          "* and *, and DT_PLTGOT is 0x3600");
  REJECTS(old, eager, p.dyn(DT_PLTGOT) = F::kBss,
          "the slot at 0x3400: the stub at 0x7040: the code at 0x7000 leads to "
          "* and *, and DT_PLTGOT is 0x4100");
  for (uint64_t got : {0xc00, 0x3700})
    REJECTS(old, eager, p.dyn(DT_PLTGOT) = got,
            "DT_PLTGOT: * is not in memory that stays writable");
  REJECTS(old, eager, p.putWord(F::kWords + F::kWord, 1),
          "DT_PLTGOT: the word at * is not zero");
  REJECTS(old, lazy, p.note.options.pop_back(),
          "address *: its relocation (type 7, symbol 1 (f@V1), addend *) is "
          "missing");
  const uint64_t field = F::kPltOfF + 2;
  REJECTS(old, lazy, *p.at(field) += F::kWord,
          "the PLT entry at 0x1030 jumps through *, which is not a word of "
          "symbol 1 (f@V1)");
  REJECTS(old, lazy, *p.at(field) -= F::kWord,
          "the PLT entry at 0x1030 jumps through *, which is not a word of "
          "symbol 1 (f@V1)");
  REJECTS(old, lazy, p.put(field, Bytes(F(old).at(field), 4)),
          "the PLT entry at 0x1030 jumps through *, which is not a word of "
          "symbol 1 (f@V1)");
  REJECTS(old, lazy, *p.at(field - 1) = 0x15,
          "the PLT entry at 0x1030 is no longer a jump");
  REJECTS(old, lazy, *p.at(field + 4) ^= 1,
          "the byte at 0x1036 is 69 and was 68");

  F entryless = old;
  *entryless.at(F::kPltOfF) = 0xc3;
  REJECTS(entryless, F(entryless).overrideBindNow(/*lazyAll=*/true), ,
          "address *: its relocation (type 7, symbol 1 (f@V1), addend *) is "
          "missing");

  // All of the old table was bound when the library was loaded.
  F other = old;
  other.plt.push_back({0x3700, other.target().absoluteWord, F::weak, 0});
  REJECTS(
      other, F(other).overrideBindNow(), p.plt.push_back(other.plt[1]),
      "DT_JMPREL: entry 2 (type 1, symbol 3 (w), addend 0x0) would be bound "
      "late");
}

TEST(VerifyI386Stubs, RejectsAbsoluteEntriesOfMovedWords) {
  OldOptions options;
  options.bindNow = true;
  Forms32 old(options), now = Forms32(old).overrideBindNow(/*lazyAll=*/true);
  const auto jump = [](Forms32 &p, uint64_t word) {
    p.put32(p.code(Forms32::kPltOfF, {0xff, 0x25}), word);
  };
  jump(old, old.wordOfF());
  REJECTS(old, now, jump(p, Forms32::word(0)),
          "the PLT entry at 0x1030 has an absolute address");
}
