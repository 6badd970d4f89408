#include "ImageVerdict.h"

using namespace llvm;
using namespace llvm::ELF;
using namespace objprelink;

template <class ELFT> class VerifySegments : public testing::Test {};
TYPED_TEST_SUITE(VerifySegments, Classes);

template <class ELFT>
static void remove(Forms<ELFT> &p, std::initializer_list<uint32_t> types) {
  erase_if(p.others,
           [&](auto &other) { return is_contained(types, other.type); });
}

TYPED_TEST(VerifySegments, RejectsChangedSegments) {
  using F = Forms<TypeParam>;
  const F old, now = F(old).relay();

  REJECTS(old, now, p.loads[0].flags |= PF_X,
          "PT_LOAD at 0x0: flags 0x5 were 0x4");
  REJECTS(old, now, p.loads[1].flags |= PF_W,
          "PT_LOAD at 0x1000: flags 0x7 were 0x5");
  REJECTS(old, now, p.loads[0].alignment = 0x800,
          "PT_LOAD at 0x0: alignment 0x800 was 0x1000");
  REJECTS(old, now, p.loads[4].flags |= PF_W,
          "new PT_LOAD at 0x7000: flags 0x7");
  REJECTS(old, now, p.loads[4].alignment = 1,
          "new PT_LOAD at 0x7000: alignment 0x1 is less than a page");
  REJECTS(old, now, p.loads[1].bytes.resize(0xf0);
          p.loads[1].memorySize = 0xf0,
          "PT_LOAD at 0x1000: 0xf0 bytes at 0x1000 were 0x100");
  REJECTS(old, now, p.loads[1].address += 0x800,
          "PT_LOAD at 0x1800 was at 0x1000");
  const auto add = [](F &p, int at, uint64_t address) {
    p.loads.insert(p.loads.begin() + at, {address, PF_R, ByteVector(16), 16});
  };
  // Still above all old ones, but in a page of theirs.
  REJECTS(old, now, add(p, 3, 0x4908),
          "PT_LOAD at 0x4908 shares a page with the one before it");
  REJECTS(old, now, add(p, 2, 0x2000),
          "new PT_LOAD at 0x2000 is below the old one at 0x3000");
  REJECTS(old, now, add(p, 5, 0x8000);
          add(p, 6, 0x9000), "more than 3 new PT_LOADs");
  REJECTS(old, now, p.other(PT_GNU_RELRO).size = 0x800,
          "PT_GNU_RELRO: 0x800 bytes at 0x3000 were 0x1000 at 0x3000");
  REJECTS(old, now, p.other(PT_GNU_STACK).flags |= PF_X,
          "PT_GNU_STACK: flags 0x7, alignment 0x10 were 0x6, 0x10");
  REJECTS(old, now, p.other(PT_TLS).alignment = 16,
          "PT_TLS: flags 0x4, alignment 0x10 were 0x4, 0x8");
  REJECTS(old, now, p.other(PT_TLS).memorySize = 24,
          "PT_TLS: 0x18 bytes at 0x3480 were 0x10 at 0x3480");
  REJECTS(old, now, p.other(PT_GNU_EH_FRAME).address = 0xa10,
          "PT_GNU_EH_FRAME: 0x14 bytes at 0xa10 were 0x14 at 0xa00");
  REJECTS(old, now, p.other(PT_GNU_EH_FRAME).size += 8,
          "PT_GNU_EH_FRAME: 0x1c bytes at 0xa00 were 0x14 at 0xa00");
  REJECTS(old, now, p.put32(0xa08, 2), "the byte at 0xa08 is 02 and was 01");
  REJECTS(old, now, p.other(PT_PHDR).address += 8,
          "PT_PHDR: * bytes at *, where * at * are due");
  REJECTS(old, now, p.other(PT_DYNAMIC).size += 16,
          "PT_DYNAMIC: 0x310 bytes at 0x3000 were 0x300 at 0x3000");
  REJECTS(old, now, p.other(PT_NOTE).size -= 4,
          "PT_NOTE at 0x6040: * bytes were *");
  REJECTS(old, now, p.other(PT_TLS).type = PT_SHLIB,
          "new segment of type 0x5 at 0x3480");
  REJECTS(old, now, p.others.push_back(p.others.back()),
          "new PT_NOTE at 0x6c00");
  REJECTS(old, now, ++*p.at(p.other(PT_INTERP).address),
          "PT_INTERP at 0x6000: its contents are not those at * before");
  REJECTS(old, now, ++*p.at(p.other(PT_GNU_PROPERTY).address + 24),
          "PT_NOTE at 0x6040: its contents are not those at * before");
  REJECTS(old, now, p.others.insert(p.others.end(), 3, {PT_NULL, 0, 0, 0, 0}),
          "18 program headers were 12");
  REJECTS(old, now, p.others.erase(p.others.begin() + 5, p.others.begin() + 9),
          "PT_TLS at 0x3480 is missing");
  REJECTS(old, now, remove(p, {PT_GNU_PROPERTY}),
          "PT_GNU_PROPERTY at * is missing");

  REJECTS(old, now, p.loads.erase(p.loads.begin() + 1),
          "PT_LOAD at 0x1000 is missing");

  // An interpreter that is nowhere in memory is nowhere else either.
  F lost = old;
  lost.other(PT_INTERP).address = 0x100000;
  REJECTS(lost, now, p.other(PT_INTERP).address = 0x200000,
          "PT_INTERP moved from 0x100000 to 0x200000");

  // As many headers as before, but not for all that is loaded.
  F more = old;
  remove(more, {PT_TLS, PT_GNU_EH_FRAME, PT_GNU_STACK});
  const F fewer = F(more).relay();
  for (uint64_t address : {F::kTables, F::kCode, F::kCode + 0x1000})
    more.loads.push_back({address, PF_R, ByteVector(16), 16});
  more.loads[4].flags |= PF_X;
  REJECTS(more, fewer, , "PT_LOAD at 0x8000 is missing");
}

// Addresses that no picture has otherwise.
TYPED_TEST(VerifySegments, RejectsPlacesThatContradictAddresses) {
  using F = Forms<TypeParam>;
  using Phdr = typename TypeParam::Phdr;
  const F old, now = F(old).relay();
  const auto verdict = [&](size_t index, auto change) {
    ByteVector file = now.write();
    change(reinterpret_cast<Phdr *>(&file[F::kHeader])[index]);
    rehash(file);
    return verify(old.write(), file);
  };
  EXPECT_EQ(verdict(1, [](Phdr &header) { header.p_paddr += 0x1000; }),
            "PT_LOAD at 0x1000: physical address 0x2000 was 0x1000");
  const size_t interpreter = now.loads.size() + 1;
  EXPECT_EQ(verdict(interpreter, [](Phdr &header) { header.p_offset = 0; }),
            "PT_INTERP: offset 0x0 is not that of address 0x6000");
}

// Packing may take pages out of a segment that held nothing but relocations.
TYPED_TEST(VerifySegments, RejectsLostMemory) {
  using F = Forms<TypeParam>;
  const F old, now = F(old).packed();
  REJECTS(old, now, p.loads[1].bytes.resize(0xf0);
          p.loads[1].memorySize = 0xf0,
          "address 0x10f0 is no longer in memory");
  const auto split = [](F &p, uint64_t at) {
    const size_t index = &p.loadAt(at) - p.loads.data();
    p.loads.insert(p.loads.begin() + index, p.loads[index]);
    auto &first = p.loads[index], &second = p.loads[index + 1];
    const uint64_t size = at - first.address;
    first.bytes.resize(size);
    first.memorySize = size;
    second.address = at;
    second.bytes.erase(second.bytes.begin(), second.bytes.begin() + size);
    second.memorySize -= size;
  };
  REJECTS(old, now, split(p, 0x3c00);
          split(p, 0x3800), "PT_LOAD at 0x3000 is in more than two pieces");
}

/// Of an image whose RELRO begins in the middle of a page, and where it begins
/// earlier to have a word for a relay.
template <class ELFT> struct BelowRelro {
  using F = Forms<ELFT>;
  static constexpr uint64_t kBegin = 0x3100, kWord = kBegin - 0x20;
  F old, now;

  template <class Change>
  explicit BelowRelro(Change change, uint64_t word = kWord) {
    old.dynamicAt = old.other(PT_DYNAMIC).address = kBegin;
    begin(old, kBegin);
    change(old);
    now = F(old).relay();
    begin(now, kWord);
    now.main.push_back({word, now.target().globDat, F::f, 0});
    now.putStub(F::kCode, word);
    now.section(".rel.dyn").size = now.main.size() * sizeof(typename F::Rel);
  }
  BelowRelro() : BelowRelro([](F &) {}) {}

  static void begin(F &p, uint64_t address) {
    auto &load = p.loads[2];
    const uint64_t end = load.address + load.memorySize;
    ByteVector bytes(load.address - std::min(load.address, address));
    append_range(bytes, drop_begin(load.bytes, std::max(load.address, address) -
                                                   load.address));
    load = {address, load.flags, bytes, end - address};
    auto &relro = p.other(PT_GNU_RELRO);
    relro.size = relro.address + relro.size - address;
    relro.address = address;
  }
};

TYPED_TEST(VerifySegments, LetsRelroBeginEarlier) {
  using F = Forms<TypeParam>;
  using B = BelowRelro<TypeParam>;
  const B good;
  EXPECT_EQ(verify(good.old, good.now), "");

  REJECTS(good.old, good.now, B::begin(p, 0x2fe0),
          "PT_LOAD at 0x2fe0 was at 0x3100, in another page");
  REJECTS(good.old, good.now, p.loads[2].bytes[8] = 1,
          "PT_LOAD at 0x30e0 was at 0x3100, and bytes before it are not zero");
  REJECTS(good.old, good.now,
          p.other(PT_GNU_RELRO) = F(good.old).other(PT_GNU_RELRO),
          "PT_GNU_RELRO: 0xf00 bytes at 0x3100 were 0xf00 at 0x3100, and it "
          "must begin at 0x30e0");
  REJECTS(good.old, good.now, p.other(PT_GNU_RELRO).size -= 0x10,
          "PT_GNU_RELRO: 0xf10 bytes at 0x30e0 were 0xf00 at 0x3100, and it "
          "must begin at 0x30e0");
  ByteVector before = good.old.write(), after = good.now.write();
  rehash(after);
  const Image image = cantFail(readImage(before));
  before[image.segments[2].offset - 1] = 1;
  EXPECT_EQ(verify(before, after),
            "PT_LOAD at 0x30e0 was at 0x3100, and bytes before it are not "
            "zero");

  const auto expect = [](auto change, StringRef message,
                         uint64_t word = B::kWord) {
    B pair(change, word);
    pair.now.section(".interp").slide = 0;
    REJECTS(pair.old, pair.now, , message);
  };
  expect(
      [](F &p) {
        p.other(PT_GNU_RELRO).address += 0x100;
        p.other(PT_GNU_RELRO).size -= 0x100;
      },
      "PT_LOAD at 0x30e0 was at 0x3100, where RELRO does not begin");
  expect(
      [&](F &p) {
        p.section(".interp").slide =
            image.segments[2].offset - 8 - p.other(PT_INTERP).address;
      },
      "PT_LOAD at 0x30e0 was at 0x3100, section 1 (.interp) is before it");
  const StringRef refusal = "address 0x*: new relocation (type 6, symbol 1 "
                            "(f@V1), addend 0x*) of a type that none can have";
  expect([](F &p) { p.symbol(F::defined).st_value = B::kWord + 2; }, refusal);
  expect([](F &) {}, refusal, B::kBegin - 2);
}
