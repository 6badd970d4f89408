#include "ELF/ImageReader.h"
#include "ImageRewriter/ImagePlan.h"
#include "Support/LLVMVersion.h"
#include "TinyImage.h"
#include <gtest/gtest.h>

using namespace llvm;
using namespace llvm::ELF;
using namespace objprelink;

template <class ELFT> class ImageReader : public testing::Test {};
using Classes = testing::Types<object::ELF64LE, object::ELF32LE>;
TYPED_TEST_SUITE(ImageReader, Classes);

static std::string failure(Bytes bytes) {
  Expected<Image> read = readImage(bytes);
  return read ? "" : toString(read.takeError());
}

TYPED_TEST(ImageReader, ReadsAllTables) {
  using Tiny = TinyImage<TypeParam>;
  Tiny tiny;
  Expected<Image> image = readImage(tiny.bytes);
  ASSERT_TRUE(bool(image)) << toString(image.takeError());
  EXPECT_EQ(image->is64, Tiny::kIs64);
  EXPECT_EQ(image->segments.size(), 5u);
  EXPECT_EQ(image->sections.size(), 3u);
  EXPECT_EQ(image->describe(1), "section 1 (.dynsym)");
  EXPECT_EQ(image->dynamicRange.address, Tiny::kDataAddress);
  EXPECT_FALSE(image->isBindNow);
  EXPECT_FALSE(image->hasTextRelocations());

  ASSERT_EQ(image->symbols.size(), 4u);
  EXPECT_EQ(image->name(image->symbols[1]), "f");
  EXPECT_TRUE(image->symbols[1].isUndefined());
  ASSERT_TRUE(image->neededVersion(image->symbols[1].versionIndex()));
  EXPECT_EQ(image->neededVersion(2)->name, "V1");
  EXPECT_EQ(image->neededVersion(2)->library, "libx.so");
  EXPECT_EQ(image->neededVersionTable.size, 32u);
  EXPECT_TRUE(image->symbols[2].isHiddenVersion());
  EXPECT_EQ(image->symbols[3].section, Symbol::kAbsolute);
  ASSERT_EQ(image->definedVersions.size(), 2u);
  EXPECT_TRUE(image->definedVersions[0].isBase);
  EXPECT_EQ(image->definedVersions[1].name, "V2");
  EXPECT_EQ(image->definedVersions[1].index, 3u);

  EXPECT_EQ(image->hasAddends, Tiny::kIs64);
  ASSERT_EQ(image->relocations.size(), 2u);
  EXPECT_EQ(image->relocations[0].offset, Tiny::kPlace);
  EXPECT_EQ(image->relocations[0].symbol, 1u);
  EXPECT_EQ(image->relocations[0].type, 1u);
  // Explicit, or what the place holds; zero where that is not in the file.
  EXPECT_EQ(image->relocations[0].addend, TypeParam::Is64Bits ? 16 : 0x77);
  EXPECT_EQ(image->relocations[1].addend, TypeParam::Is64Bits ? 16 : 0);
  ASSERT_EQ(image->pltRelocations.size(), 1u);
  EXPECT_EQ(image->pltRelocations[0].type, 7u);
  EXPECT_EQ(image->relrPlaces.size(), 2u);
  EXPECT_EQ(image->relrPlaces[0], Tiny::kRelrPlace);

  // Its 0x1010 bytes end in the second page, which stays writable.
  EXPECT_EQ(image->relro.address, Tiny::kDataAddress);
  EXPECT_EQ(image->relro.size, 0x1000u);

  EXPECT_EQ(image->contentsAt(Tiny::kPlace, 1)[0], 0x77);
  EXPECT_TRUE(image->contentsAt(Tiny::kNobitsPlace, 1).empty());
  EXPECT_TRUE(image->contentsAt(Tiny::kData - 1, 2).empty());
  EXPECT_TRUE(image->segmentAt(Tiny::kNobitsPlace));
  EXPECT_FALSE(image->segmentAt(Tiny::kData));
  EXPECT_FALSE(image->segmentAt(Tiny::kNobitsPlace, 0x10000));
}

// hazard I05: sstrip leaves no section headers.
TYPED_TEST(ImageReader, CountsSymbolsWithoutSections) {
  using Tiny = TinyImage<TypeParam>;
  Tiny tiny;
  tiny.header().e_shoff = 0;
  EXPECT_EQ(cantFail(readImage(tiny.bytes)).symbols.size(), 4u);
  tiny.remove(DT_HASH);
  EXPECT_EQ(cantFail(readImage(tiny.bytes)).symbols.size(), 4u);

  // GNU ld's table when nothing is exported: relocations name 1 and 2.
  memset(tiny.at(tiny.offsetOf(DT_GNU_HASH) + (TypeParam::Is64Bits ? 24 : 20)),
         0, 4);
  tiny.remove(DT_VERSYM);
  EXPECT_EQ(cantFail(readImage(tiny.bytes)).symbols.size(), 3u);
  tiny.header().e_shoff = tiny.sectionsAt;
  EXPECT_EQ(cantFail(readImage(tiny.bytes)).symbols.size(), 4u);
  tiny.remove(DT_GNU_HASH);
  EXPECT_EQ(cantFail(readImage(tiny.bytes)).symbols.size(), 4u);
  tiny.header().e_shoff = 0;
  EXPECT_EQ(failure(tiny.bytes),
            "no DT_HASH, no DT_GNU_HASH and no section header tell how many "
            "dynamic symbols there are");
}

// gABI: symbol 0 is always there. Relocations name it, and what goes through
// them takes it for granted.
TYPED_TEST(ImageReader, HasSymbolZero) {
  using Tiny = TinyImage<TypeParam>;
  Tiny tiny;
  tiny.remove(DT_GNU_HASH);
  tiny.remove(DT_VERSYM);
  memset(tiny.at(tiny.offsetOf(DT_HASH) + 4), 0, 4);
  EXPECT_EQ(failure(tiny.bytes), (Tiny::kIs64 ? "DT_RELA" : "DT_REL") +
                                     std::string(": entry 0: symbol index 1 is "
                                                 "past the end (1 symbols)"));
  for (int i : {0, 1})
    tiny.relocations()[i].setSymbolAndType(0, 6, false);
  tiny.remove(DT_JMPREL);
  const Image image = cantFail(readImage(tiny.bytes));
  EXPECT_EQ(image.symbols.size(), 1u);
  const Target &target = *findTarget(image.machine, image.is64);
  EXPECT_TRUE(bool(makeImagePlan(image, target, Config())));
}

// glibc, elf/dynamic-link.h: DT_RELASZ may count the PLT's part at its end.
TYPED_TEST(ImageReader, CountsThePltOnce) {
  using Tiny = TinyImage<TypeParam>;
  constexpr uint64_t entry = sizeof(typename Tiny::Rel);
  Tiny tiny;
  tiny.dynamic(Tiny::kRelSize).d_un.d_val = 3 * entry;
  const Image image = cantFail(readImage(tiny.bytes));
  EXPECT_EQ(image.relocations.size(), 2u);
  EXPECT_EQ(image.pltRelocations.size(), 1u);
  EXPECT_EQ(image.relocationTable.size, 2 * entry);

  // In the middle, ld.so would apply it twice.
  tiny.dynamic(DT_JMPREL).d_un.d_val = tiny.relocationsAt + entry;
  EXPECT_NE(failure(tiny.bytes).find("overlaps DT_REL"), std::string::npos);
}

TYPED_TEST(ImageReader, KnowsBindNow) {
  for (auto [tag, value] :
       {std::pair(DT_BIND_NOW, 0), std::pair(DT_FLAGS, int(DF_BIND_NOW)),
        std::pair(DT_FLAGS_1, int(DF_1_NOW))}) {
    TinyImage<TypeParam> tiny;
    tiny.dynamic(DT_SONAME) = {};
    auto &spare = tiny.dynamic(DT_NULL);
    spare.d_tag = tag;
    spare.d_un.d_val = value;
    EXPECT_TRUE(cantFail(readImage(tiny.bytes)).isBindNow);
  }
}

TYPED_TEST(ImageReader, RefusesByName) {
  using Tiny = TinyImage<TypeParam>;
  const auto refuses = [](auto change, StringRef message) {
    Tiny tiny;
    change(tiny);
    EXPECT_NE(StringRef(failure(tiny.bytes)).find(message), StringRef::npos)
        << failure(tiny.bytes) << "\n  where this was due: " << message.str();
  };
  const auto value = [](int64_t tag, uint64_t value) {
    return [=](Tiny &tiny) { tiny.dynamic(tag).d_un.d_val = value; };
  };
  const auto segment = [](int index, auto member, uint64_t value) {
    return [=](Tiny &tiny) { tiny.segments()[index].*member = value; };
  };
  using Phdr = typename Tiny::Phdr;

  refuses([](Tiny &t) { t.header().e_type = ET_EXEC; }, "ELF type 2 is not");
  refuses([](Tiny &t) { t.header().e_phnum = 0; }, "no program headers");
  refuses([](Tiny &t) { t.header().e_phnum = PN_XNUM; }, "more program");
  refuses([](Tiny &t) { t.header().e_shstrndx = 3; }, "e_shstrndx 3 is past");
  refuses([](Tiny &t) { t.sections()[2].sh_size = 1 << 20; },
          "section 2: 0x100000 bytes at 0x1400 run past the end");
  refuses(segment(0, &Phdr::p_filesz, 0x1001), "0x1001 bytes in the file, 0x1");
  refuses(segment(1, &Phdr::p_vaddr, 0x2010), "program header 1 (PT_LOAD): ad");
  refuses(segment(1, &Phdr::p_align, 0x2000), "in a page of 0x2000");
  refuses(segment(1, &Phdr::p_align, 0x1800), "is not a power of two");
  refuses(segment(1, &Phdr::p_vaddr, 0), "address 0x0 is below 0x1000");
  refuses(segment(1, &Phdr::p_offset, 0), "offset 0x0 is below 0x1000");
  refuses(segment(1, &Phdr::p_memsz, UINT64_MAX - 1),
          "run past the end of the address space");
  refuses(segment(3, &Phdr::p_type, PT_DYNAMIC), "3 (PT_DYNAMIC): a second");
  refuses(segment(2, &Phdr::p_type, PT_GNU_RELRO), "(PT_GNU_RELRO): a second");
  refuses(segment(3, &Phdr::p_vaddr, 0x8000), "PT_GNU_RELRO: address 0x8000");
  refuses(segment(2, &Phdr::p_type, PT_NOTE), "no dynamic table");
  refuses(segment(2, &Phdr::p_vaddr, 0x2fff), "PT_DYNAMIC: ");
  refuses(segment(2, &Phdr::p_offset, 0x1008), "PT_DYNAMIC: offset 0x1008");

  refuses([](Tiny &t) { t.dynamic(DT_NEEDED).d_tag = DT_SONAME; },
          "more than one DT_SONAME");
  refuses([](Tiny &t) { t.dynamic(DT_NEEDED).d_tag = DT_NULL; },
          "(DT_SONAME) follows a DT_NULL");
  refuses([](Tiny &t) { t.remove(DT_STRSZ); }, "has no DT_STRSZ");
  refuses(value(DT_STRSZ, 26), "does not end in a zero byte");
  refuses(value(DT_STRTAB, 0x1ff0), "DT_STRTAB: 0x1b bytes at 0x1ff0 are not");
  refuses(value(DT_NEEDED, 27), "DT_NEEDED: name offset 0x1b is past");
  refuses(value(DT_SYMENT, 8), "DT_SYMENT is 8");
  refuses(value(DT_HASH, 0x1000), "DT_HASH: ");
  refuses([](Tiny &t) { t.dynamic(DT_NEEDED).d_tag = DT_ANDROID_RELA; },
          "DT_ANDROID_RELA is not supported");
  refuses([](Tiny &t) { t.dynamic(DT_NEEDED).d_tag = DT_CREL; },
          "DT_CREL is not supported");
  refuses(
      [](Tiny &t) {
        t.dynamic(DT_NEEDED).d_tag = Tiny::kRel == DT_REL ? DT_RELA : DT_REL;
      },
      "both DT_RELA and DT_REL");
  refuses(value(DT_PLTREL, Tiny::kRel == DT_REL ? DT_RELA : DT_REL),
          "DT_PLTREL is DT_REL");
  refuses(value(DT_PLTREL, 0), "DT_PLTREL is 0");
  refuses(value(Tiny::kRelEntry, 7), "ENT is 7, not ");
  refuses(value(Tiny::kRelSize, 7), "SZ: 0x7 bytes in entries");
  refuses(value(Tiny::kRel, 0x1000), "are not in the file contents");
  refuses([](Tiny &t) { t.relocations()[1].r_offset = 0x1000; },
          "entry 1: address 0x1000 is in no loadable segment");
  refuses([](Tiny &t) { t.relocations()[1].setSymbol(4, false); },
          "entry 1: symbol index 4 is past the end (4 symbols)");
  refuses([](Tiny &t) { t.relocations()[2].setSymbol(4, false); },
          "DT_JMPREL: entry 0: symbol index 4");
  refuses(value(DT_RELRENT, 2), "DT_RELRENT is 2");
  refuses([](Tiny &t) { ++*(uint8_t *)t.at(t.offsetOf(DT_RELR)); },
          "DT_RELR: entry 0 is a bitmap");
  refuses([](Tiny &t) { *(uint8_t *)t.at(t.offsetOf(DT_RELR) + 1) = 0x30; },
          "DT_RELR: place 0x30c0 is not in the file");

  refuses(value(DT_VERNEEDNUM, 2), "its chain ends before the last one");
  refuses(value(DT_VERDEFNUM, 1), "its chain goes on past the last one");
  refuses([](Tiny &t) { *(uint8_t *)t.at(t.versionsNeededAt + 22) = 3; },
          "DT_VERDEF: version index 3 is taken");
  refuses([](Tiny &t) { *(uint8_t *)t.at(t.versionsNeededAt + 22) = 1; },
          "version index 1 is reserved");
  refuses([](Tiny &t) { *(uint8_t *)t.at(t.offsetOf(DT_VERSYM) + 2) = 9; },
          "DT_VERSYM: symbol 1: there is no version 9");
}

// A count that nothing justifies, and links of one byte.
TYPED_TEST(ImageReader, EndsVersionChains) {
  TinyImage<TypeParam> tiny;
  tiny.dynamic(DT_VERNEEDNUM).d_un.d_val =
      std::numeric_limits<typename TypeParam::uint>::max();
  memset(tiny.at(tiny.versionsNeededAt), 1, 0x1000 - tiny.versionsNeededAt);
  EXPECT_NE(failure(tiny.bytes), "");
}

/// Looks at everything that the members promise.
static uint64_t use(const Image &image) {
  uint64_t sum = 0;
  for (const Section &section : image.sections)
    sum += image.name(section).size();
  for (const DynamicSymbol &symbol : image.symbols) {
    sum += image.name(symbol).size();
    if (const NeededVersion *version =
            image.neededVersion(symbol.versionIndex()))
      sum += version->name.size() + version->library.size();
  }
  for (const DefinedVersion &version : image.definedVersions)
    sum += version.name.size();
  for (ArrayRef<Relocation> table :
       {ArrayRef(image.relocations), ArrayRef(image.pltRelocations)})
    for (const Relocation &relocation : table)
      for (uint8_t byte : image.contentsAt(relocation.offset, 8))
        sum += byte;
  for (uint64_t place : image.relrPlaces)
    sum += image.contentsAt(place, 4)[0];
  for (const AddressRange &range :
       {image.relocationTable, image.pltRelocationTable, image.relrTable,
        image.symbolTable, image.stringTable, image.versionTable,
        image.neededVersionTable, image.dynamicRange})
    if (!range.empty())
      sum += image.contentsAt(range.address, range.size).back();
  return sum;
}

/// Reads a copy that ends where its memory does, for the address sanitizer.
static bool survives(Bytes bytes) {
  const std::unique_ptr<uint8_t[]> copy(new uint8_t[bytes.size()]);
  llvm::copy(bytes, copy.get());
  Expected<Image> image = readImage(Bytes(copy.get(), bytes.size()));
  if (!image)
    return !toString(image.takeError()).empty();
  return use(*image) + 1;
}

TYPED_TEST(ImageReader, SurvivesAnyByte) {
  TinyImage<TypeParam> tiny;
  ByteVector &bytes = tiny.bytes;
  for (size_t at = 0; at < bytes.size(); ++at) {
    const uint8_t old = bytes[at];
    for (int value : {0x00, 0x7f, 0x80, 0xff, old + 1, old - 1}) {
      bytes[at] = value;
      EXPECT_TRUE(survives(bytes)) << at << " " << value;
    }
    bytes[at] = old;
  }
}

TYPED_TEST(ImageReader, SurvivesAnyWord) {
  TinyImage<TypeParam> tiny;
  ByteVector &bytes = tiny.bytes;
  using Word = typename TypeParam::uint;
  for (size_t at = 0; at + sizeof(Word) <= bytes.size(); at += 4) {
    Word old;
    memcpy(&old, &bytes[at], sizeof(old));
    for (Word value :
         {~Word(0), ~Word(0) - 7, Word(~Word(0) >> 1), Word(Word(1) << 31),
          Word(old + bytes.size()), Word(old - 8), Word(old * 2)}) {
      memcpy(&bytes[at], &value, sizeof(value));
      EXPECT_TRUE(survives(bytes)) << at << " " << value;
    }
    memcpy(&bytes[at], &old, sizeof(old));
  }
}

TYPED_TEST(ImageReader, SurvivesAnyEnd) {
  TinyImage<TypeParam> tiny;
  for (size_t size = 0; size < tiny.bytes.size(); ++size) {
    EXPECT_TRUE(survives(Bytes(tiny.bytes).take_front(size))) << size;
    EXPECT_NE(failure(Bytes(tiny.bytes).take_front(size)), "") << size;
  }
}
