#include "ImageVerdict.h"

using namespace llvm;
using namespace llvm::ELF;
using namespace objprelink;

template <class ELFT> class VerifySections : public testing::Test {};
TYPED_TEST_SUITE(VerifySections, Classes);

TYPED_TEST(VerifySections, RejectsChangedSections) {
  using F = Forms<TypeParam>;
  const F old, now = F(old).relay();

  REJECTS(old, now, p.sections.clear(), "section headers are missing");
  REJECTS(old, now, p.section(".comment").contents[0] = 'b',
          "the contents of section 11 (.comment) changed");
  REJECTS(old, now, p.section(".symtab").contents += "x",
          "the contents of section 12 (.symtab) changed");
  REJECTS(old, now, p.section(".text").size -= 1,
          "section 8 (.text): 0xff bytes at 0x1000 were 0x100 at 0x1000");
  REJECTS(old, now, p.section(".comment").address = 8,
          "section 11 (.comment): address 0x8 was 0x0");
  REJECTS(old, now, p.section(".comment").type = SHT_NOTE,
          "section 11 (.comment): type 0x7 was 0x1");
  REJECTS(old, now, p.section(".dynsym").info = 1,
          "section 3 (.dynsym): info 0x1 was 0x0");
  REJECTS(old, now, p.section(".text").alignment = 32,
          "section 8 (.text): alignment 0x20 was 0x0");
  REJECTS(old, now, p.section(".rel.dyn").entrySize = 8,
          "section 6 (.rel.dyn): entry size 0x8 was 0x0");
  REJECTS(old, now, p.section(".text").flags |= SHF_WRITE,
          "section 8 (.text): flags 0x7 was 0x6");
  REJECTS(old, now, p.section(".text").name = ".tixt",
          "section 8 (.text) is missing");
  REJECTS(old, now, p.section(".text").slide = 8,
          "section 8 (.text): offset 0x1008 is not that of address 0x1000");
  REJECTS(old, now, p.section(".text").link = 3,
          "section 8 (.text): link 0x3 was 0x0");
  REJECTS(
      old, now, p.section(".rel.dyn").size -= 8,
      "section 6 (.rel.dyn): * bytes at 0x6400, but the table is * at 0x6400");
  REJECTS(
      old, now, p.section(".gnu.hash").address += 8,
      "section 2 (.gnu.hash): * bytes at 0x6088, but the table is * at 0x6080");
  // uftrace and others count what it has.
  REJECTS(old, F(old).relay(), p.section(".rel.plt").size *= 2,
          "section 7 (.rel.plt): * bytes at *, but the table is * at *");
  REJECTS(old, now, p.section(".plt.bnd").flags |= SHF_WRITE,
          "section 14 (.plt.bnd): type 0x1, flags 0x7, where 0x1, 0x6 "
          "are due");
  REJECTS(
      old, now, p.section(".got.objprelink").address = F::kCode,
      "section 15 (.got.objprelink): no segment with its rights is at 0x7000");
  REJECTS(old, now, p.section(".objprelink.undo").name = ".other",
          "section 17 (.other) is new");
  REJECTS(old, now, p.sections.push_back(p.sections.back()),
          "section 18 (.objprelink.undo) is new");
  REJECTS(old, now, std::swap(p.section(".text"), p.section(".data")),
          "section 8 (.text) has index 9, and symbols name it by its old one");
  F inTable = old;
  inTable.symbol(F::defined).st_shndx = 2;
  REJECTS(inTable, F(inTable).relay(),
          std::swap(p.section(".gnu.hash"), p.section(".dynstr")),
          "section 2 (.gnu.hash) has index 4, and symbols name it by its old "
          "one");
  REJECTS(old, now, p.sections.push_back(p.section(".shstrtab")),
          "e_shstrndx 18 was 13");

  OldOptions options;
  options.sections = false;
  REJECTS(F(options), now, , "section headers are new");

  // Only a linker adds symbols.
  F named = old;
  named.section(".symtab").type = SHT_SYMTAB;
  REJECTS(named, F(named).relay(), p.section(".symtab").contents += "s",
          "section 12 (.symtab): 0xc bytes were 0xb");
  // Less than a symbol is compared, too.
  REJECTS(named, F(named).relay(), p.section(".symtab").contents[0] = 'T',
          "the contents of section 12 (.symtab) changed");
}
