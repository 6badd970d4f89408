//===- CoherenceTest.cpp - images that contradict themselves --------------===//
//
// Each refusal of checkCoherence, reached from an image in which all agrees.
//
//===----------------------------------------------------------------------===//

#include "ImageEdit/Coherence.h"
#include "ELF/ImageReader.h"
#include "ImageRewriter/TargetMachine.h"
#include "TinyImage.h"
#include "llvm/Support/FormatVariadic.h"
#include <gtest/gtest.h>

using namespace llvm;
using namespace llvm::ELF;
using namespace objprelink;

namespace {
/// The tiny image with a header of a loaded section, which it lacks.
template <class ELFT> struct Whole : TinyImage<ELFT> {
  Whole() { this->sections()[1].sh_flags = SHF_ALLOC; }

  /// Makes a program header one of what is at an address and offset.
  auto &putSegment(int index, uint32_t type, uint64_t at, uint64_t size) {
    auto &segment = this->segments()[index];
    segment.p_type = type;
    segment.p_vaddr = at;
    segment.p_offset = at;
    segment.p_filesz = size;
    segment.p_memsz = size;
    return segment;
  }

  /// Adds a section header with a name at \p name: 1 is .dynsym, 10 shstrtab.
  /// Its contents are at \p at, its address too if it is loaded.
  auto &addSection(uint32_t name, uint32_t type, uint64_t flags, uint64_t at,
                   uint64_t size) {
    const uint32_t index = this->header().e_shnum;
    this->bytes.resize(this->bytes.size() +
                       sizeof(typename TinyImage<ELFT>::Shdr));
    this->header().e_shnum = index + 1;
    auto &section = this->sections()[index];
    section.sh_name = name;
    section.sh_type = type;
    section.sh_flags = flags;
    section.sh_addr = flags & SHF_ALLOC ? at : 0;
    section.sh_offset = at;
    section.sh_size = size;
    return section;
  }

  /// Numbers are hexadecimal, here without 0x.
  std::string problem() {
    Expected<Image> image = readImage(this->bytes);
    if (!image)
      return "not read: " + toString(image.takeError());
    std::string text = toString(checkCoherence(
        *image, machineCodeOf(*findTarget(image->machine, image->is64))));
    for (size_t at; (at = text.find("0x")) != std::string::npos;)
      text.erase(at, 2);
    return text;
  }
};

template <class ELFT> class Coherence : public testing::Test {};
using Classes = testing::Types<object::ELF64LE, object::ELF32LE>;
TYPED_TEST_SUITE(Coherence, Classes);
} // namespace

TYPED_TEST(Coherence, AllAgrees) {
  Whole<TypeParam> tiny;
  EXPECT_EQ(tiny.problem(), "");
  tiny.header().e_shoff = 0;
  EXPECT_EQ(tiny.problem(), "");
}

TYPED_TEST(Coherence, MemoryCanBeRead) {
  Whole<TypeParam> tiny;
  tiny.segments()[1].p_flags = PF_W;
  EXPECT_EQ(tiny.problem(),
            "program header 1 (PT_LOAD): what it loads at 2000 cannot be read");
}

TYPED_TEST(Coherence, TablesDoNotOverlap) {
  Whole<TypeParam> tiny;
  tiny.putSegment(4, PT_GNU_EH_FRAME, tiny.offsetOf(DT_STRTAB) + 4, 8);
  EXPECT_EQ(tiny.problem(),
            formatv("program header 4, 8 bytes at address {0:x-}, overlaps "
                    "DT_STRTAB, 1b bytes at {1:x-}",
                    tiny.offsetOf(DT_STRTAB) + 4, tiny.offsetOf(DT_STRTAB))
                .str());
  // Nor does anything overlap the headers.
  tiny.putSegment(4, PT_GNU_EH_FRAME, 8, 8);
  EXPECT_EQ(tiny.problem(),
            formatv("program header 4, 8 bytes at address 8, overlaps the ELF "
                    "header, {0:x-} bytes at 0",
                    sizeof(typename TypeParam::Ehdr))
                .str());
  tiny.putSegment(4, PT_GNU_EH_FRAME, sizeof(typename TypeParam::Ehdr), 8);
  EXPECT_EQ(tiny.problem(),
            formatv("program header 4, 8 bytes at address {0:x-}, overlaps the "
                    "program header table, {1:x-} bytes at {0:x-}",
                    sizeof(typename TypeParam::Ehdr),
                    5 * sizeof(typename TypeParam::Phdr))
                .str());
}

// A note in a segment for all notes may have one of its own, whole.
TYPED_TEST(Coherence, NotesMayBeInTwoSegments) {
  Whole<TypeParam> tiny;
  tiny.putSegment(3, PT_NOTE, 0x900, 32);
  tiny.putSegment(4, PT_GNU_PROPERTY, 0x910, 16);
  EXPECT_EQ(tiny.problem(), "");
  tiny.putSegment(4, PT_GNU_PROPERTY, 0x910, 32);
  EXPECT_EQ(tiny.problem(), "program header 4, 20 bytes at address 910, "
                            "overlaps program header 3, 20 bytes at 900");
  tiny.putSegment(4, PT_GNU_EH_FRAME, 0x910, 16);
  EXPECT_EQ(tiny.problem(), "program header 4, 10 bytes at address 910, "
                            "overlaps program header 3, 20 bytes at 900");
}

TYPED_TEST(Coherence, NotesAreOfTheFile) {
  Whole<TypeParam> tiny;
  tiny.putSegment(3, PT_NOTE, 0x900, 32).p_memsz = 0x1000;
  EXPECT_EQ(tiny.problem(),
            "program header 3: 1000 bytes in memory, 20 in the file");
}

TYPED_TEST(Coherence, ProgramHeadersAreWherePhdrSays) {
  Whole<TypeParam> tiny;
  auto &segment = tiny.putSegment(4, PT_PHDR, sizeof(typename TypeParam::Ehdr),
                                  5 * sizeof(typename TypeParam::Phdr));
  EXPECT_EQ(tiny.problem(), "");
  for (uint64_t wrong : {0x48, 0x7000}) {
    segment.p_vaddr = wrong;
    EXPECT_EQ(
        tiny.problem(),
        formatv("PT_PHDR: the program headers are not at address {0:x-}", wrong)
            .str());
  }
}

TYPED_TEST(Coherence, CountOfRelativeOnesIsOfTheTable) {
  Whole<TypeParam> tiny;
  tiny.dynamic(DT_SONAME).d_tag =
      tiny.kIs64 ? uint32_t(DT_RELCOUNT) : uint32_t(DT_RELACOUNT);
  EXPECT_EQ(tiny.problem(),
            tiny.kIs64 ? "DT_RELCOUNT is not that of the relocations"
                       : "DT_RELACOUNT is not that of the relocations");
}

TYPED_TEST(Coherence, PltWordsHaveOneRelocation) {
  using Tiny = Whole<TypeParam>;
  constexpr uint64_t entry = sizeof(typename Tiny::Rel);
  Tiny tiny;
  // The second of the main table becomes the first of the PLT's.
  tiny.dynamic(Tiny::kRelSize).d_un.d_val = entry;
  tiny.dynamic(DT_JMPREL).d_un.d_val = tiny.relocationsAt + entry;
  tiny.dynamic(DT_PLTRELSZ).d_un.d_val = 2 * entry;
  tiny.relocations()[1].setSymbolAndType(1, 7, false);
  tiny.relocations()[1].r_offset = Tiny::kPltPlace + 0x10;
  EXPECT_EQ(tiny.problem(), "");
  tiny.relocations()[1].r_offset = Tiny::kPltPlace;
  EXPECT_EQ(tiny.problem(), "the relocations of 23a0 and 23a0 overlap");
}

TYPED_TEST(Coherence, RelocationsAreInNoTable) {
  using Tiny = Whole<TypeParam>;
  Tiny tiny;
  const uint64_t size = tiny.segments()[2].p_filesz;
  for (uint64_t place : {0x2000, 0x2008}) {
    tiny.relocations()[0].r_offset = place;
    EXPECT_EQ(tiny.problem(),
              formatv("the relocation of {0:x-} is in PT_DYNAMIC, {1:x-} bytes "
                      "at 2000",
                      place, size)
                  .str());
  }
  // Words that ld.so writes to when it binds late are a table, too.
  tiny.relocations()[0].r_offset = Tiny::kPlace;
  auto &got = tiny.dynamic(DT_SONAME);
  got.d_tag = DT_PLTGOT;
  got.d_un.d_val = Tiny::kPlace - 3;
  EXPECT_EQ(tiny.problem(),
            formatv("the relocation of 2380 is in DT_PLTGOT, {0:x-} bytes at "
                    "237d",
                    3 * (Tiny::kIs64 ? 8 : 4))
                .str());
  got.d_un.d_val = Tiny::kPlace - 0x40;
  EXPECT_EQ(tiny.problem(), "");
}

// Thread-local variables are initialised with addresses, too.
TYPED_TEST(Coherence, RelocationsMayBeInTls) {
  using Tiny = Whole<TypeParam>;
  Tiny tiny;
  tiny.putSegment(4, PT_TLS, Tiny::kPlace, 16).p_offset = Tiny::kPlace - 0x1000;
  EXPECT_EQ(tiny.problem(), "");
  tiny.putSegment(4, PT_TLS, tiny.offsetOf(DT_STRTAB), 16);
  EXPECT_EQ(
      tiny.problem(),
      formatv("PT_TLS, 10 bytes at address {0:x-}, overlaps DT_STRTAB, 1b "
              "bytes at {0:x-}",
              tiny.offsetOf(DT_STRTAB))
          .str());
}

TYPED_TEST(Coherence, RelocationsDoNotOverlap) {
  using Tiny = Whole<TypeParam>;
  Tiny tiny;
  tiny.relocations()[0].r_offset = Tiny::kPltPlace + 3;
  EXPECT_EQ(tiny.problem(), "the relocations of 23a0 and 23a3 overlap");
  tiny.relocations()[0].r_offset = Tiny::kRelrPlace - 1;
  EXPECT_EQ(tiny.problem(), "the relocations of 23bf and 23c0 overlap");
  tiny.relocations()[0].r_offset = Tiny::kRelrPlace;
  EXPECT_EQ(tiny.problem(), "the relocations of 23c0 and 23c0 overlap");
  // Words are as large as addresses, and other types may be smaller.
  tiny.relocations()[0].r_offset = Tiny::kPltPlace + 4;
  EXPECT_EQ(tiny.problem(),
            Tiny::kIs64 ? "the relocations of 23a0 and 23a4 overlap" : "");
  tiny.relocations()[0].r_offset = Tiny::kPltPlace - 4;
  EXPECT_EQ(tiny.problem(),
            Tiny::kIs64 ? "the relocations of 239c and 23a0 overlap" : "");
  tiny.relocations()[0].setType(R_X86_64_PC32, false);
  EXPECT_EQ(tiny.problem(), "");
}

TYPED_TEST(Coherence, RelocationsEndWithTheirSegment) {
  constexpr uint64_t word = TypeParam::Is64Bits ? 8 : 4;
  Whole<TypeParam> tiny;
  const auto &segment = tiny.segments()[1];
  const uint64_t end = segment.p_vaddr + segment.p_filesz;
  const auto problemAt = [&](uint64_t place) {
    tiny.relocations()[0].r_offset = place;
    return tiny.problem();
  };
  for (uint64_t place : {end - 1, end - 2, end - word + 1})
    EXPECT_EQ(
        problemAt(place),
        formatv("the relocation of {0:x-} runs past the end of its segment",
                place)
            .str());
  EXPECT_EQ(problemAt(end - word), "");
  EXPECT_EQ(problemAt(end), "");
}

TYPED_TEST(Coherence, SectionsAreWhereTheirBytesAre) {
  Whole<TypeParam> tiny;
  auto &section = tiny.sections()[1];
  const uint64_t address = section.sh_addr, size = section.sh_size;
  section.sh_offset = address + 8;
  EXPECT_EQ(
      tiny.problem(),
      formatv("section 1 (.dynsym): {0:x-} bytes at offset {1:x-} are not "
              "at address {2:x-}",
              size, address + 8, address)
          .str());
  section.sh_offset = address;
  section.sh_addr = 0x9000;
  EXPECT_EQ(
      tiny.problem(),
      formatv("section 1 (.dynsym): {0:x-} bytes at offset {1:x-} are not "
              "at address 9000",
              size, address)
          .str());
}

TYPED_TEST(Coherence, LoadedSectionsDoNotOverlap) {
  Whole<TypeParam> tiny;
  const auto &first = tiny.sections()[1];
  const uint64_t address = first.sh_addr, size = first.sh_size;
  tiny.addSection(10, SHT_PROGBITS, SHF_ALLOC, address + size - 1, 8);
  EXPECT_EQ(tiny.problem(),
            formatv("section 3 (shstrtab), 8 bytes at address {0:x-}, overlaps "
                    "section 1 (.dynsym), {1:x-} bytes at {2:x-}",
                    address + size - 1, size, address)
                .str());
}

// Such a header would follow a table that moves. That of .tbss has the address
// of what comes behind it.
TYPED_TEST(Coherence, EmptySectionsBeginInNoTable) {
  Whole<TypeParam> tiny;
  tiny.putSegment(3, PT_NOTE, 0x900, 32);
  tiny.putSegment(4, PT_GNU_PROPERTY, 0x900, 16);
  auto &section = tiny.addSection(10, SHT_NULL, SHF_ALLOC, 0x918, 0x8000);
  EXPECT_EQ(tiny.problem(),
            "section 3 (shstrtab): 8000 bytes that are not in the file begin "
            "at address 918, in program header 3");
  section.sh_type = SHT_NOBITS;
  section.sh_addr = tiny.offsetOf(DT_STRTAB) + 2;
  EXPECT_EQ(tiny.problem(),
            formatv("section 3 (shstrtab): 8000 bytes that are not in the file "
                    "begin at address {0:x-}, in DT_STRTAB",
                    tiny.offsetOf(DT_STRTAB) + 2)
                .str());
  section.sh_addr = 0x920;
  EXPECT_EQ(tiny.problem(), "");
  section.sh_flags = SHF_ALLOC | SHF_WRITE | SHF_TLS;
  section.sh_addr = tiny.kDataAddress; // of PT_DYNAMIC
  EXPECT_EQ(tiny.problem(), "");
}

TYPED_TEST(Coherence, SectionsOfNotesEndWithThem) {
  Whole<TypeParam> tiny;
  tiny.putSegment(4, PT_NOTE, 0x900, 16);
  auto &section = tiny.addSection(10, SHT_NOTE, SHF_ALLOC, 0x900, 16);
  EXPECT_EQ(tiny.problem(), "");
  section.sh_size = 20;
  EXPECT_EQ(tiny.problem(), "section 3 (shstrtab): 14 bytes at address 900 "
                            "run past the end of PT_NOTE at 910");
}

TYPED_TEST(Coherence, SectionsOfTablesHaveTheirSizes) {
  using Tiny = Whole<TypeParam>;
  Tiny tiny;
  const uint64_t size = 4 * sizeof(typename Tiny::Sym);
  auto &section = tiny.sections()[1];
  section.sh_type = SHT_PROGBITS;
  EXPECT_EQ(tiny.problem(),
            formatv("section 1 (.dynsym): {0:x-} bytes of type 1, where "
                    "DT_SYMTAB has {0:x-} bytes",
                    size)
                .str());
  section.sh_type = SHT_DYNSYM;
  EXPECT_EQ(tiny.problem(), "");
  // GNU ld's for both tables of relocations.
  constexpr uint64_t entry = sizeof(typename Tiny::Rel);
  auto &both = tiny.addSection(10, Tiny::kIs64 ? SHT_RELA : SHT_REL, SHF_ALLOC,
                               tiny.relocationsAt, 3 * entry);
  both.sh_entsize = entry;
  EXPECT_EQ(tiny.problem(), "");
  both.sh_size = entry;
  EXPECT_EQ(tiny.problem(),
            formatv("section 3 (shstrtab): {0:x-} bytes of type {1:x-}, where "
                    "{2} has {3:x-} bytes",
                    entry, uint32_t(both.sh_type),
                    Tiny::kIs64 ? "DT_RELA" : "DT_REL", 2 * entry)
                .str());
}

TYPED_TEST(Coherence, TablesHaveNamesOfTheirOwn) {
  Whole<TypeParam> tiny;
  tiny.addSection(1, SHT_HASH, SHF_ALLOC, tiny.offsetOf(DT_HASH), 28);
  EXPECT_EQ(tiny.problem(),
            "section 1 (.dynsym) has the name of another section");
  tiny.sections()[3].sh_name = 10;
  EXPECT_EQ(tiny.problem(), "");
}

TYPED_TEST(Coherence, OtherSectionsHaveBytesOfTheirOwn) {
  Whole<TypeParam> tiny;
  auto &section = tiny.addSection(10, SHT_PROGBITS, 0, 0x8, 8);
  EXPECT_EQ(tiny.problem(),
            "section 3 (shstrtab), 8 bytes at offset 8, overlaps program "
            "header 0 (PT_LOAD), 1000 bytes at 0");
  section.sh_offset = tiny.sectionsAt + 8;
  EXPECT_EQ(tiny.problem(),
            formatv("section 3 (shstrtab), 8 bytes at offset {0:x-}, overlaps "
                    "the section header table, {1:x-} bytes at {2:x-}",
                    tiny.sectionsAt + 8, 4 * sizeof(typename TypeParam::Shdr),
                    tiny.sectionsAt)
                .str());
}

// SHT_SYMTAB's sh_info counts symbols.
TYPED_TEST(Coherence, SymbolTablesLinkNoSection) {
  Whole<TypeParam> tiny;
  const uint64_t end = tiny.bytes.size();
  tiny.addSection(10, SHT_SYMTAB, SHF_INFO_LINK, end, 0);
  EXPECT_EQ(tiny.problem(),
            "section 3 (shstrtab): SHF_INFO_LINK, but sh_info of a symbol "
            "table is no section");
}
