#include "ImageVerdict.h"

using namespace llvm;
using namespace llvm::ELF;
using namespace objprelink;

template <class ELFT> class VerifyDynamic : public testing::Test {};
TYPED_TEST_SUITE(VerifyDynamic, Classes);

TYPED_TEST(VerifyDynamic, RejectsChangedTables) {
  using F = Forms<TypeParam>;
  const F old, now = F(old).relay();

  REJECTS(old, now, ++*p.at(p.dyn(DT_GNU_HASH) + 12),
          "DT_GNU_HASH: the table at 0x6080 is not that at * before");
  REJECTS(old, now, p.removeDyn(DT_GNU_HASH), "DT_GNU_HASH is missing");
  REJECTS(old, now, ++*p.at(0x500 + 3 * sizeof(typename TypeParam::Sym)),
          "DT_SYMTAB: the table at 0x500 is not that at 0x500 before");
  REJECTS(old, now, *p.at(0x602) = 1,
          "DT_VERSYM: the table at 0x600 is not that at 0x600 before");
  REJECTS(old, now, *p.at(0x660 + 1) = 'q',
          "DT_STRTAB: 0x27 bytes at 0x660 are not the 0x27 at 0x660 before");
  REJECTS(old, now, *p.at(0x620 + 16) = 0,
          "DT_VERNEED: version V1 of libc.so.6 is new");
  REJECTS(
      old, now, p.dyn(DT_STRSZ) -= 8,
      "DT_SONAME: name offset 0x1f is past the end of the names (0x1f bytes)");
  REJECTS(old, now, p.dyn(DT_SONAME) = 18, "DT_SONAME is 0x12 and was 0x1f");
  REJECTS(old, now, p.removeDyn(DT_PLTGOT), "DT_PLTGOT is missing");
  REJECTS(old, now, p.removeDyn(DT_VERSYM), "DT_VERSYM: 0x0 bytes were 0xe");
  REJECTS(old, now, p.dyn(DT_BIND_NOW) = 0, "DT_BIND_NOW is new");
  REJECTS(old, now, p.removeDyn(DT_SONAME),
          "DT_SYMENT * stands where DT_SONAME 0x1f was");
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
          "* is 4, but the table begins with 3 RELATIVE ones");
  REJECTS(old, now, p.relr = {F::kWords}, "DT_RELR is new");
  REJECTS(old, now, p.mainAt = 0x4200, "*: 0x4200 is in writable memory");
  // As if there were none, of the type that the machine does not have.
  REJECTS(old, now, p.hasAddends = !F::kIs64; p.main.clear(); p.plt.clear();
          p.dyn(DT_PLTREL) = F::kIs64 ? DT_REL : DT_RELA,
          "the relocation tables are of another type");

  const auto loses = [&](int64_t tag, StringRef message) {
    F more = old;
    more.dyn(tag) = 0;
    REJECTS(more, now, , message);
  };
  loses(DT_DEBUG, "DT_DEBUG 0x0 is missing");
  loses(DT_BIND_NOW, "DT_BIND_NOW is missing");
  loses(DT_TEXTREL, "DT_TEXTREL is missing");
}

// Some tables say themselves how long they are, or nothing does.
TYPED_TEST(VerifyDynamic, RejectsOtherSymbolsAndVersions) {
  using F = Forms<TypeParam>;
  F unhashed;
  unhashed.put32(unhashed.dyn(DT_GNU_HASH) + 16 + 16 * F::kWord, 0);
  REJECTS(unhashed, F(unhashed).relay(),
          p.section(".dynsym").size += sizeof(typename TypeParam::Sym),
          "DT_SYMTAB: * bytes were *");

  F needless; // no symbol wants the version
  for (uint64_t i : {1, 2, 5})
    *needless.at(0x600 + 2 * i) = 1;
  REJECTS(needless, F(needless).relay(), *p.at(0x622) = 0,
          "DT_VERNEED: version V1 of libc.so.6 is missing");

  F defines;
  uint64_t at = 0x640;
  for (uint32_t word : {1 | VER_FLG_BASE << 16, 1 | 1 << 16, 0, 20, 0, 31, 0})
    defines.put32(std::exchange(at, at + 4), word);
  defines.dyn(DT_VERDEF) = 0x640;
  defines.dyn(DT_VERDEFNUM) = 1;
  const F now = F(defines).relay();
  EXPECT_EQ(verify(defines, now), "");
  for (auto [place, value] : {std::pair(0x642, 0), {0x644, 3}, {0x654, 28}})
    REJECTS(defines, now, *p.at(place) = value,
            "DT_VERDEF: the versions are not those before");
}

// Every relocation has its equal.
TYPED_TEST(VerifyDynamic, RejectsChangedRelocations) {
  using F = Forms<TypeParam>;
  const F old, now = F(old).relay();
  const auto drop = [](F &p, uint64_t place) {
    for (auto *table : {&p.main, &p.plt})
      erase_if(*table, [&](auto &r) { return r.offset == place; });
    p.dyn(F::kIs64 ? DT_RELACOUNT : DT_RELCOUNT) = 0;
  };
  REJECTS(old, now, p.relocation(F::kRelatives).addend += 1,
          "address 0x3540: relocation (type 8, symbol 0, addend 0x1001) was "
          "(type 8, symbol 0, addend 0x1000)");
  REJECTS(old, now, drop(p, F::kRelatives),
          "address 0x3540: its relocation (type 8, symbol 0, addend 0x1000) is "
          "missing");
  REJECTS(old, now, drop(p, F::slot(3)),
          "address *: its relocation (type 1, symbol 3 (w), addend 0x0) is "
          "missing");
  REJECTS(old, now, drop(p, p.wordOfF()), "DT_JMPREL: 0 entries were 1");
  REJECTS(old, now, p.relocation(F::slot(6)).symbol = F::g,
          "address *: relocation (type 1, symbol 2 (g@V1), addend 0x0) was "
          "(type 1, symbol 6 (h), addend 0x0)");
  REJECTS(old, now, p.relocation(F::kGotOfG).symbol = F::f,
          "address 0x3500: relocation (type 6, symbol 1 (f@V1), addend 0x0) "
          "was (type 6, symbol 2 (g@V1), addend 0x0)");
  REJECTS(old, now, p.relocation(F::slot(7)).addend = 8,
          "address *: relocation (type 1, symbol 6 (h), addend 0x8) was (type "
          "1, symbol 6 (h), addend 0x4)");
  REJECTS(old, now, p.relocation(p.wordOfF()).symbol = F::g,
          "DT_JMPREL: entry 0 is of address *, symbol 2, and was of *, 1");
  REJECTS(old, now, p.relocation(p.wordOfF()).type = p.target().globDat,
          "DT_JMPREL: entry 0 is of address *, symbol 1, and was of *, 1");
  REJECTS(old, now, p.main.push_back(p.main.back()),
          "address *: 2 relocations were 1");
  REJECTS(old, now, p.main.push_back(p.plt[0]);
          p.plt.clear(), "DT_JMPREL: 0 entries were 1");
  REJECTS(old, now, p.plt.push_back(p.main.back());
          p.main.pop_back(), "DT_JMPREL: new entry of type 1 for address *");
  const auto add = [](F &p, uint64_t place, uint32_t type) {
    p.main.push_back({place, type, 0, 0x1000});
  };
  const uint32_t relative = now.target().relative;
  REJECTS(old, now, add(p, 0x3ff0, relative),
          "address 0x3ff0: new relocation (type 8, symbol 0, addend 0x1000) of "
          "a word in old memory");
  REJECTS(old, now, add(p, F::kWords, relative),
          "address 0x4800: new relocation (type 8, symbol 0, addend 0x1000) "
          "that nothing needs");
  REJECTS(old, now, add(p, F::kWords, now.target().globDat),
          "address 0x4800: new relocation (type 6, symbol 0, addend 0x1000) of "
          "a type that none can have");
  REJECTS(old, now, add(p, F::kCode + 0x80, relative),
          "address 0x7080: new relocation (type 8, symbol 0, addend 0x1000) of "
          "a word in read-only memory");
  REJECTS(old, now, add(p, F::kWords, relative);
          add(p, F::kWords + 2, relative),
          "address 0x4802: new relocation (type 8, symbol 0, addend 0x1000) "
          "overlaps another");
  REJECTS(old, now, add(p, F::kWords, relative);
          add(p, F::kWords, relative),
          "address 0x4800: new relocation (type 8, symbol 0, addend 0x1000) of "
          "a place that has another");
  // Pictures of REL targets write the addend there.
  if (F::kIs64)
    REJECTS(old, now, add(p, 0x48fc, relative),
            "address 0x48fc: new relocation (type 8, symbol 0, addend 0x1000) "
            "of a word that is not in one segment");
  REJECTS(old, now, p.plt.push_back(p.jumpSlot(F::word(0), F::g, F::kCode)),
          "address 0x4840: a new JUMP_SLOT, but the mode is relay");

  // Those of one place are compared one by one.
  F twice = old;
  twice.main.push_back(twice.main.back());
  REJECTS(twice, F(twice).relay(), p.main.back().symbol = F::g,
          "address *: relocation (type 1, symbol 2 (g@V1), addend 0x4) was "
          "(type 1, symbol 6 (h), addend 0x4)");
  // What ld.so does late it did late before, and the other way round.
  REJECTS(old, now, p.allow("lazy=all"); p.main.push_back(p.plt[0]);
          p.main.back().type = p.target().globDat;
          p.plt[0].offset = F::kWords,
          "address *: its relocation is no longer in DT_JMPREL");
  REJECTS(old, now, p.allow("override-bind-now"); drop(p, F::kGotOfG);
          p.plt.push_back(F(old).relocation(F::kGotOfG)),
          "address 0x3500: its relocation is now in DT_JMPREL");

  // Slots that no stub may stand for.
  const std::pair<int, const char *> symbols[] = {
      {3,
       "the slot at * is redirected, but symbol 3 (w) is weak and undefined"},
      {4, "the slot at * is redirected, but symbol 4 (d) is not a function"},
      {5, "the slot at * is redirected, but symbol 5 (_ZTI1X@V1) is data"}};
  for (auto [slot, message] : symbols)
    REJECTS(old, now, p.redirect(slot, F::kCode), message);
  F odd = old;
  auto &symbol =
      reinterpret_cast<typename TypeParam::Sym *>(odd.at(0x500))[F::defined];
  symbol.setBinding(STB_LOCAL);
  REJECTS(odd, F(odd).relay(), p.redirect(6, F::kCode),
          "the slot at * is redirected, but symbol 6 (h) is local");
  symbol.setBinding(STB_GLOBAL);
  symbol.st_shndx = SHN_ABS;
  REJECTS(odd, F(odd).relay(), p.redirect(6, F::kCode),
          "the slot at * is redirected, but symbol 6 (h) is absolute");
  REJECTS(old, now, p.redirect(7, F::kCode),
          "address *: relocation (type 8, symbol 0, addend 0x7000) was (type "
          "1, symbol 6 (h), addend 0x4)");
  REJECTS(old, now, p.redirect(1, F::kCode);
          p.relocation(F::slot(1)).symbol = F::f,
          "address *: RELATIVE with symbol 1");
}

TYPED_TEST(VerifyDynamic, RejectsWrongPacking) {
  using F = Forms<TypeParam>;
  const F old, now = F(old).packed();
  const uint64_t needs = now.kTables + 0xd80, strings = now.kTables + 0xe00;
  REJECTS(old, now, p.note.options = {}, "DT_RELR is new");
  REJECTS(old, now, p.putWord(F::kRelatives, 0x55),
          "address 0x3540: relocation (type 8, symbol 0, addend 0x55) was "
          "(type 8, symbol 0, addend 0x1000)");
  REJECTS(
      old, now, p.relr.pop_back(),
      "address *: its relocation (type 8, symbol 0, addend 0x1002) is missing");
  REJECTS(old, now, p.relr.push_back(p.relr.back() + F::kWord),
          "address *: new relocation (type 8, symbol 0, addend 0x0) of a word "
          "in old memory");
  REJECTS(old, now, ++*p.at(needs + 32),
          "DT_VERNEED: GLIBC_ABI_DT_RELR: hash 0xfd0e43, flags 0x0");
  REJECTS(old, now, *p.at(needs + 36) = 2,
          "DT_VERNEED: GLIBC_ABI_DT_RELR: hash 0xfd0e42, flags 0x2");
  REJECTS(old, now, *p.at(strings + F::kStrings.size()) = 'g',
          "DT_STRTAB: 0x39 bytes at 0x6e00 are not the 0x27 at 0x660 before");
  REJECTS(old, now, *p.at(strings + 1) = 'q',
          "DT_STRTAB: 0x39 bytes at 0x6e00 are not the 0x27 at 0x660 before");
  REJECTS(old, now, p.dyn(DT_VERNEED) = 0x620,
          "there is a DT_RELR, but no need for GLIBC_ABI_DT_RELR");
  REJECTS(old, now, *p.at(needs + 16) = 0,
          "DT_VERNEED: version V1 of libc.so.6 is new");
  // One more entry of the new version.
  REJECTS(old, now, p.put32(needs, 1 | 3 << 16); p.put32(needs + 44, 16);
          p.put(needs + 48, Bytes(F(p).at(needs + 32), 16));
          p.put32(needs + 52, 4 << 16);
          p.put32(needs + 60, 0),
          "DT_VERNEED: version GLIBC_ABI_DT_RELR of libc.so.6 is new");
  REJECTS(old, now, p.section(".dynstr").address = 0x660,
          "section 4 (.dynstr): 0x39 bytes at 0x660, but the table is 0x39 at "
          "0x6e00");
}

TYPED_TEST(VerifyDynamic, RejectsNewRelativesBesideRelr) {
  using F = Forms<TypeParam>;
  F old;
  old.relr = {0x3580};
  REJECTS(old, F(old).relay(), ,
          "the slot at 0x34* is redirected, but not in DT_RELR");
}

// glibc writes jumps to where the addends of JUMP_SLOTs lead.
TEST(VerifyPltTags, RejectsThemBesideNewEntries) {
  using F = Forms<object::ELF64LE>;
  const int64_t tags[] = {DT_LOPROC, DT_LOPROC + 1, DT_LOPROC + 3};
  F old;
  for (int64_t tag : tags)
    old.dynamic.push_back({tag, F::kPlt0});
  const F relay = F(old).relay(), lazy = F(old).lazy();
  REJECTS(old, relay, , "");
  REJECTS(old, relay, p.removeDyn(tags[0]),
          "dynamic tag 0x70000001 0x1020 stands where dynamic tag 0x70000000 "
          "0x1020 was");
  for (int64_t tag : tags)
    REJECTS(old, lazy,
            for (int64_t other : tags) if (other != tag) p.removeDyn(other),
            "dynamic tag 0x7000000*: a new JUMP_SLOT is of no entry of that "
            "PLT");
  REJECTS(old, lazy, for (int64_t tag : tags) p.removeDyn(tag), "");
}
