// hazard V22 V24 V30 V31 V32 L14 L55
#include "ImageVerdict.h"

using namespace llvm;
using namespace llvm::ELF;
using namespace objprelink;

template <class ELFT> class VerifySlots : public testing::Test {};
TYPED_TEST_SUITE(VerifySlots, Classes);

/// A form in which the slot of h, which the image defines, leads to a relay
/// through a GOT word, and what other word the old image has.
template <class ELFT, class Change>
static std::pair<Forms<ELFT>, Forms<ELFT>> relayOfOwn(Change change) {
  using F = Forms<ELFT>;
  F old;
  old.relocation(F::kGotOfG).symbol = F::defined;
  old.relocation(F::slot(2)).symbol = F::defined;
  old.symbol(F::defined).st_value = 0x1010;
  change(old);
  return {old, F(old).relay()};
}

// All words that held the address of one function are changed alike.
TYPED_TEST(VerifySlots, KeepsEqualWhatWasEqual) {
  using F = Forms<TypeParam>;
  const F old, now = F(old).relay();
  F copy = now;
  copy.putStub(F::kCode + 0x80, F::kGotOfF);
  REJECTS(old, copy, p.redirect(1, F::kCode + 0x80),
          "the slots at 0x3400 and * of symbol 1 (f@V1) lead to 0x7000 and "
          "0x7080, and were equal");
  REJECTS(old, now, p.relocation(F::slot(1)) = F(old).relocation(F::slot(1)),
          "the word at * has the address of symbol 1 (f@V1), whose slot at "
          "0x3400 leads to a stub");
  REJECTS(old, now, p.relocation(F::slot(0)) = F(old).relocation(F::slot(0)),
          "the word at 0x3400 has the address of symbol 1 (f@V1), whose slot "
          "at * leads to a stub");
}

// A function that the image defines may have other names, or none.
TYPED_TEST(VerifySlots, KnowsOtherNames) {
  using F = Forms<TypeParam>;
  auto [old, now] = relayOfOwn<TypeParam>([](F &p) {
    p.relocation(F::slot(6)).symbol = F::weak;
    p.relocation(F::slot(7)).symbol = F::weak;
  });
  EXPECT_EQ(verify(old, now), "");
  const auto expect = [&](auto change, StringRef message) {
    const auto [old, now] = relayOfOwn<TypeParam>([&](F &p) {
      p.relocation(F::slot(6)).symbol = F::weak;
      p.relocation(F::slot(7)).symbol = F::weak;
      change(p);
    });
    REJECTS(old, now, , message);
  };
  expect([](F &p) { p.relocation(F::kRelatives).addend = 0x1010; },
         "the word at 0x3540 has the address of symbol 6 (h), whose slot at * "
         "leads to a stub");
  expect(
      [](F &p) {
        p.symbol(F::data) = p.symbol(F::defined);
        p.symbol(F::data).st_value = 0x100c;
        p.relocation(F::slot(7)).symbol = F::data;
      },
      "the word at * has the address of symbol 6 (h), whose slot at * leads to "
      "a stub");
  expect(
      [](F &p) { p.symbol(F::g) = p.symbol(F::f) = p.symbol(F::defined); },
      "the slots of symbol 1 (h@V1) and symbol 6 (h) lead to different stubs, "
      "and both are at 0x1010");
}

// What the image defines, and what no library that it needs is known to have,
// is looked up when the library loads.
TYPED_TEST(VerifySlots, BindsLateWhatNeededLibrariesHave) {
  using F = Forms<TypeParam>;
  const auto expect = [](auto change, StringRef message) {
    F old;
    change(old);
    const F now = F::kIs64 ? F(old).lazy() : F(old).picPlt();
    if (message.empty())
      EXPECT_EQ(verify(old, now), "");
    else
      REJECTS(old, now, , message);
  };
  const auto unversion = [](F &p) { *p.at(0x600 + 2 * F::g) = 1; };
  const StringRef late = "the slot at *: the stub at *: the word at * is bound "
                         "late, but no needed library is known to have *";
  expect([](F &) {}, "");
  expect(unversion, late);
  expect(
      [&](F &p) {
        unversion(p);
        p.symbol(F::g).setType(STT_FUNC);
      },
      "");
  expect([](F &p) { p.removeDyn(DT_NEEDED); }, late);
  expect([](F &p) { p.dyn(DT_NEEDED) = 31; }, late);
  expect(
      [](F &p) {
        p.symbol(F::g) = p.symbol(F::defined);
        p.symbol(F::g).st_value = 0x1014;
      },
      late);
}

// A JUMP_SLOT that no slot needs is one of --lazy=all.
TYPED_TEST(VerifySlots, BindsOwnCallsLateIfAsked) {
  using F = Forms<TypeParam>;
  OldOptions options;
  options.bindNow = true;
  F old(options);
  old.relocation(F::slot(0)).symbol = F::weak;
  old.relocation(F::slot(1)).symbol = F::weak;
  const auto unslotted = [](F p) {
    for (int i : {0, 1}) {
      p.relocation(F::slot(i)) = {F::slot(i), p.target().absoluteWord, F::weak};
    }
    p.note.slots = p.note.functions = 1;
    p.others.back().size = encodeNote(p.note).size();
    return p;
  };
  const auto all = [&](const F &p) {
    return unslotted(F(p).overrideBindNow(/*lazyAll=*/true));
  };
  EXPECT_EQ(verify(old, all(old)), "");
  F own = old;
  own.symbol(F::f) = own.symbol(F::defined);
  EXPECT_EQ(verify(own, all(own)), "");
  F unknown = old;
  *unknown.at(0x600 + 2 * F::f) = 1;
  unknown.symbol(F::f).setType(STT_NOTYPE);
  REJECTS(unknown, all(unknown), ,
          "address *: a new JUMP_SLOT, but no needed library is known to have "
          "symbol 1 (f)");
}

// New words of relays are in padding of RELRO, and nowhere else.
TYPED_TEST(VerifySlots, TakesPaddingForWords) {
  using F = Forms<TypeParam>;
  OldOptions options;
  options.padding = true;
  const auto expect = [&](auto change, uint64_t place, StringRef message) {
    F old(options);
    change(old);
    F now = F(old).relay();
    now.main.push_back({place, now.target().globDat, F::f, 0});
    now.putStub(F::kCode, place);
    now.section(".rel.dyn").size = now.main.size() * sizeof(typename F::Rel);
    if (message.empty())
      EXPECT_EQ(verify(old, now), "");
    else
      REJECTS(old, now, , message);
  };
  const auto none = [](F &) {};
  const std::string refusal = "address *: new relocation (type 6, symbol 1 "
                              "(f@V1), addend 0x0) of a type that none can "
                              "have";
  for (uint64_t place : {0x3f00, 0x3f80})
    expect(none, place, "");
  expect(none, 0x4000 - F::kWord, "");
  expect(none, 0x4000 - F::kWord / 2, refusal);
  expect(none, 0x3ef8, refusal);
  expect(none, F::kWords, refusal);
  expect([](F &p) { p.section(".relro_padding").name = ".bss.rel.ro"; }, 0x3f80,
         refusal);
  expect([](F &p) { p.section(".relro_padding").type = SHT_PROGBITS; }, 0x3f80,
         refusal);
  expect([](F &p) { p.section(".bss").address = 0x3f7c; }, 0x3f80, refusal);
  expect([](F &p) { p.symbol(F::defined).st_value = 0x3f82; }, 0x3f80, refusal);
  // Where ld.so leaves it writable, and where the file has it.
  expect([](F &p) { p.other(PT_GNU_RELRO).size = 0x800; }, 0x3f80, refusal);
  expect([](F &p) { p.section(".relro_padding").address = 0x3e00; }, 0x3e80,
         refusal);
}
