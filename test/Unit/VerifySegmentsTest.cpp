#include "ImageVerdict.h"

using namespace llvm;
using namespace llvm::ELF;
using namespace objprelink;

template <class ELFT> class VerifySegments : public testing::Test {};
TYPED_TEST_SUITE(VerifySegments, Classes);

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
}
