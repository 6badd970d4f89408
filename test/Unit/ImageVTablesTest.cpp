#include "VTableSample.h"
#include <gtest/gtest.h>

using namespace llvm;
using namespace llvm::ELF;
using namespace objprelink;

static constexpr auto kAll = {VTableSample::Rela64, VTableSample::Relr64,
                              VTableSample::Rel32};

// Symbols first: every word of _ZTV and _ZTC that names a symbol, in order.
TEST(ImageVTables, HaveNames) {
  for (VTableSample::Form form : kAll) {
    VTableSample s(form);
    s.named("_ZTV1A", "0 _ZTI1A f g+ code");
    s.named("_ZTC1B0_1A", "h 0");
    s.named("_ZTT1B", "f");
    s.named("_ZTVtable", "f"); // hazard V01: C
    const ImageVTables found = s.find(false);
    EXPECT_EQ(s.slots(found), "_ZTI1A f g h");
    ASSERT_EQ(found.tables.size(), 2u);
    EXPECT_EQ(found.tables[0].name, "_ZTV1A");
    EXPECT_EQ(found.tables[0].end, found.tables[0].begin + 5 * s.word);
    EXPECT_EQ(found.slots[3].vtable, 1u);
  }
}

// Of two symbols at a place, the words that both have; of two that overlap, the
// first.
TEST(ImageVTables, MergeAliases) {
  VTableSample s;
  const uint64_t at = s.data("0 0 f g h");
  s.object("_ZTV1A", at, 5 * s.word);
  s.object("_ZTV1B", at, 4 * s.word);
  s.object("_ZTV1C", at + 4 * s.word, s.word);
  s.object("_ZTV1D", at + 3 * s.word, s.word);
  const ImageVTables found = s.find(false);
  EXPECT_EQ(s.slots(found), "f g h");
  ASSERT_EQ(found.tables.size(), 2u);
  EXPECT_EQ(found.tables[0].name, "_ZTV1B");
}

TEST(ImageVTables, NamesMustFit) {
  const auto slots = [](uint64_t offset, uint64_t size, uint8_t type) {
    VTableSample s;
    const uint64_t at = s.data("f g h");
    s.image.symbols[s.object("_ZTV1A", at + offset, size)].type = type;
    return s.slots(s.find());
  };
  EXPECT_EQ(slots(0, 16, STT_OBJECT), "f g");
  EXPECT_EQ(slots(4, 16, STT_OBJECT), "");
  EXPECT_EQ(slots(0, 12, STT_OBJECT), "");
  EXPECT_EQ(slots(0, 0, STT_OBJECT), "");
  EXPECT_EQ(slots(0, ~uint64_t(7), STT_OBJECT), "");
  EXPECT_EQ(slots(0, VTableSample::kSize * 2, STT_OBJECT), "");
  EXPECT_EQ(slots(0, 16, STT_NOTYPE), "");
  EXPECT_EQ(slots(0, 16, STT_TLS), "");
}

// What another relocation touches is nobody's to change.
TEST(ImageVTables, LeaveDoubleRelocationsAlone) {
  VTableSample s;
  const uint64_t at = s.named("_ZTV1A", "f g h i");
  s.image.relocations.push_back({at + 4, s.kinds().relative, 0, 0});
  s.image.relocations.push_back({at + 24, s.kinds().absoluteWord, 1, 0});
  EXPECT_EQ(s.slots(s.find()), "h");
}

TEST(ImageVTables, HaveWholeWords) {
  VTableSample s;
  const uint64_t at = s.named("_ZTV1A", "f 0 0");
  s.image.relocations.push_back({at + 12, s.kinds().absoluteWord, 1, 0});
  EXPECT_EQ(s.slots(s.find()), "f");
}

TEST(ImageVTables, HaveShape) {
  for (VTableSample::Form form : kAll) {
    VTableSample s(form);
    s.type("1A");
    s.data("0 &1A f code g");
    s.data("-16 &1A h");
    s.data("1 0 _ZTI1B i"); // typeinfo of another image
    const ImageVTables found = s.find();
    EXPECT_EQ(s.slots(found), "f g h i");
    ASSERT_EQ(found.tables.size(), 3u);
    EXPECT_EQ(found.tables[0].evidence, Evidence::Shape);
    EXPECT_EQ(found.tables[0].end, found.tables[1].begin);
    EXPECT_EQ(s.find(false).tables.size(), 0u);
  }
}

// A program with the C++ library in it: the class of the typeinfo has no
// symbol, but a typeinfo.
TEST(ImageVTables, KnowPrivateTypeInfos) {
  for (StringRef name : {"N10__cxxabiv117__class_type_infoE",
                         "N10__cxxabiv119__pointer_type_infoE"}) {
    VTableSample s;
    s.text("name", name);
    s.text("1A", "1A");
    s.data("&other &name", "ti");
    s.data("0 &ti");
    s.data("code", "functions");
    s.data("&functions &1A", "tiA");
    s.data("0 &tiA f");
    EXPECT_EQ(s.slots(s.find()), name.contains("class") ? "f" : "");
  }
}

// A table that names no function is of no use to anybody.
TEST(ImageVTables, HaveSlots) {
  VTableSample s;
  s.type("1A");
  s.data("0 &1A code");
  EXPECT_TRUE(s.find().tables.empty());
  s.data("0 _ZTI1A f");
  EXPECT_EQ(s.find().tables.size(), 1u);
  for (Relocation &relocation : s.image.relocations)
    relocation.offset += 4; // no words any more
  EXPECT_TRUE(s.find().tables.empty());
}

// Tables of C functions, and what a typeinfo is not.
TEST(ImageVTables, NeedTypeInfo) {
  for (StringRef words :
       {"0 0 f g", "0 &1A g f+", "0 &1A _ZTI1A f", "0 &text f", "0 _ZTIPv f",
        "0 _ZTI1A+ f", "0 _ZTS1A f", "0 object f", "1 &1A f", "0x1000000 &1A f",
        "code &1A f", "0 &name f", "0 &pointer f", "0 &nameless f"}) {
    VTableSample s;
    s.text("text", "no name");
    s.type("1A");
    s.type("_ZTVN10__cxxabiv119__pointer_type_infoE", "1A", "pointer");
    s.type("_ZTVN10__cxxabiv117__class_type_infoE", "text", "nameless");
    s.data("7 7");
    s.data(words);
    EXPECT_EQ(s.slots(s.find()), words.contains("g f+") ? "g" : "")
        << words.str();
  }
}

TEST(ImageVTables, EndAtWhatIsNoFunction) {
  for (StringRef word : {"0", "&1A", "object", "g+", "_ZTV1B", "_ZTI1B"}) {
    VTableSample s;
    s.type("1A");
    s.data(("0 &1A f " + word + " h").str());
    EXPECT_EQ(s.slots(s.find()), "f") << word.str();
  }
  // hazard V04: without a type, by name.
  VTableSample s;
  s.type("1A");
  s.data("0 &1A f:0 _ZThn8_N1A1fEv:0 _ZTv0_n24_N1A1fEv:0 _ZTT1A:0 g");
  EXPECT_EQ(s.slots(s.find()), "f _ZThn8_N1A1fEv _ZTv0_n24_N1A1fEv");
}

TEST(ImageVTables, EndAtKnownData) {
  const auto slots = [](auto bound) {
    VTableSample s;
    s.type("1A");
    const uint64_t at = s.data("0 &1A f g h");
    bound(s, at);
    return s.slots(s.find());
  };
  EXPECT_EQ(slots([](VTableSample &s, uint64_t at) {
              s.object("table", at + 4 * s.word, s.word);
            }),
            "f g");
  EXPECT_EQ(slots([](VTableSample &s, uint64_t at) {
              s.image.symbols[s.object("mark", at + 3 * s.word, 0)].type =
                  STT_NOTYPE;
            }),
            "f");
  EXPECT_EQ(slots([](VTableSample &s, uint64_t at) {
              s.object("all", at - s.word, 9 * s.word);
            }),
            "");
  EXPECT_EQ(slots([](VTableSample &s, uint64_t at) {
              s.object("table", at + s.word, s.word);
            }),
            "");
  EXPECT_EQ(slots([](VTableSample &s, uint64_t at) {
              s.image.dynamic.push_back({DT_INIT_ARRAY, at + 3 * s.word});
              s.image.dynamic.push_back({DT_INIT_ARRAYSZ, s.word});
            }),
            "f");
  EXPECT_EQ(slots([](VTableSample &s, uint64_t at) {
              s.image.dynamicRange = {at + 4 * s.word, s.word};
            }),
            "f g");
  EXPECT_EQ(slots([](VTableSample &s, uint64_t at) {
              s.image.segments.push_back(
                  {PT_TLS, 0, 0, at, 0, 9 * s.word, 0, 0});
            }),
            "");
  EXPECT_EQ(slots([](VTableSample &s, uint64_t at) {
              s.section(SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR,
                        VTableSample::kCode, 0x100);
              s.section(SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, at, 4 * s.word);
            }),
            "f g");
  EXPECT_EQ(slots([](VTableSample &s, uint64_t at) {
              s.section(SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR,
                        VTableSample::kCode, 0x100);
              s.section(SHT_PROGBITS, SHF_ALLOC, at + 3 * s.word, s.word * 9);
            }),
            "f");
  EXPECT_EQ(slots([](VTableSample &s, uint64_t at) {
              s.section(SHT_INIT_ARRAY, SHF_ALLOC | SHF_WRITE, at - s.word,
                        9 * s.word);
            }),
            "");
  EXPECT_EQ(slots([](VTableSample &s, uint64_t at) {
              s.image.segments[1].fileSize = at + 4 * s.word - s.kData;
            }),
            "f g");
  EXPECT_EQ(slots([](VTableSample &s, uint64_t at) {
              s.image.segments.push_back(
                  {PT_GNU_RELRO, 0, 0, at - 64, 0, 0, 64, 0});
            }),
            "");
}

// With section headers, strings in a segment of code are no functions.
TEST(ImageVTables, KnowCode) {
  for (uint64_t size : {0x10, 0x100}) {
    VTableSample s;
    s.type("1A");
    s.data("0 &1A f code g");
    s.section(SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, VTableSample::kCode,
              size);
    EXPECT_EQ(s.slots(s.find()), size == 0x10 ? "f" : "f g");
  }
}

// GCC leaves the destructors of an abstract class zero.
TEST(ImageVTables, MayBeOfAbstractClasses) {
  const auto slots = [](std::initializer_list<StringRef> tables) {
    VTableSample s;
    s.type("1A");
    s.type("1B");
    for (StringRef words : tables)
      s.data(words);
    return s.slots(s.find());
  };
  EXPECT_EQ(slots({"0 &1A f 0 0 __cxa_pure_virtual"}), "f __cxa_pure_virtual");
  EXPECT_EQ(slots({"0 &1A f 0 0 g"}), "f"); // padding
  EXPECT_EQ(slots({"0 &1A f 7 0 __cxa_pure_virtual"}), "f");
  EXPECT_EQ(slots({"0 &1A 0 0 __cxa_pure_virtual 0 0 g"}),
            "__cxa_pure_virtual");
  // Another table of the group says so, before or after.
  EXPECT_EQ(slots({"0 &1A __cxa_pure_virtual", "0 &1A f 0 0 g"}),
            "__cxa_pure_virtual f g");
  EXPECT_EQ(slots({"0 &1A f 0 0 g", "-8 &1A __cxa_pure_virtual"}),
            "f g __cxa_pure_virtual");
  EXPECT_EQ(slots({"0 &1A f 0 0 g", "-8 &1B __cxa_pure_virtual"}),
            "f __cxa_pure_virtual");
  // A class with the same base, or only data with the same function.
  EXPECT_EQ(slots({"0 &1A f 0 0 g", "0 &1B h code code g"}), "f g h g");
  EXPECT_EQ(slots({"0 &1A f 0 0 g", "0 &1B h _ZN1BD1Ev _ZN1BD0Ev g"}),
            "f g h _ZN1BD1Ev _ZN1BD0Ev g");
  EXPECT_EQ(slots({"0 &1A f 0 0 g", "0 &1B h i j g"}), "f h i j g");
  EXPECT_EQ(slots({"0 &1A f 0 0 g", "0 &1B code code g"}), "f g");
  EXPECT_EQ(slots({"0 &1A 0 0 __cxa_pure_virtual"}), "__cxa_pure_virtual");
  EXPECT_EQ(slots({"0 &1A f 0 0 g", "0 object h code code g"}), "f");
}

// Unknown data may end inside a word.
TEST(ImageVTables, EndBeforeHalfWords) {
  for (uint64_t end = 3 * 8; end < 9 * 8; ++end) {
    VTableSample s;
    s.type("1A");
    const uint64_t at = s.data("0 &1A f 0 0 __cxa_pure_virtual g h 0");
    s.object("table", at + end, 1);
    EXPECT_EQ(s.find().slots.size(),
              end < 6 * 8 ? 1 : std::min<uint64_t>(end / 8 - 4, 4))
        << end;
  }
}

TEST(ImageVTables, WithoutTypeInfoNeedSureFunctions) {
  const auto slots = [](StringRef words, StringRef other = "7") {
    VTableSample s;
    s.type("1A");
    s.data("7");
    s.data(words);
    s.data(other);
    return s.slots(s.find());
  };
  EXPECT_EQ(slots("0 0 f _ZN1AD0Ev g"), "f _ZN1AD0Ev g");
  EXPECT_EQ(slots("-8 0 f _ZThn8_N1AD0Ev"), "f _ZThn8_N1AD0Ev");
  EXPECT_EQ(slots("0 0 f __cxa_pure_virtual"), "f __cxa_pure_virtual");
  EXPECT_EQ(slots("0 0 _ZNK1A1fEv f"), "_ZNK1A1fEv f");
  EXPECT_EQ(slots("0 0 f _ZNK1A1fEv 0"), ""); // a pointer to member
  EXPECT_EQ(slots("_ZNK1A1fEv 0 0 f"), "");
  EXPECT_EQ(slots("0 0 f _ZN1A2D0Ev"), ""); // a function D0
  EXPECT_EQ(slots("-8 0 f _ZTv0_n24_N1AD0Ev"), "f _ZTv0_n24_N1AD0Ev");
  EXPECT_EQ(slots("0 0 f 0 0 __cxa_pure_virtual"), "f __cxa_pure_virtual");
  EXPECT_EQ(slots("0 7 f _ZN1AD0Ev"), "");
  EXPECT_EQ(slots("code 0 f _ZN1AD0Ev"), "");
  EXPECT_EQ(slots("0 code f _ZN1AD0Ev"), "");
  EXPECT_EQ(slots("0 0 code code f", "0 &1A code code f"), "f f");
  EXPECT_EQ(slots("0 0 code code f", "0 &1A h f"), "h f");
}

// Any relocation, symbol and segment: no crash, and slots where they should be.
TEST(ImageVTables, SurviveNonsense) {
  for (uint32_t seed = 1; seed < 1000; ++seed) {
    uint32_t state = seed * 2654435761u;
    const auto random = [&](uint32_t below) {
      state = state * 1664525 + 1013904223;
      return (state >> 8) % below;
    };
    VTableSample s(*(kAll.begin() + random(3)));
    s.type("1A");
    s.data("0 &1A f 0 0 g code __cxa_pure_virtual");
    s.named("_ZTV1A", "0 0 f _ZN1AD0Ev");
    s.data("0 _ZTI1B 0 0 f _ZNK1A1fEv g");
    for (Relocation &relocation : s.image.relocations) {
      if (random(4) == 0)
        relocation.offset = VTableSample::kData + random(VTableSample::kSize);
      if (random(6) == 0)
        relocation.addend = int64_t(random(0x3000)) - 0x100;
      if (random(8) == 0)
        relocation.symbol = random(s.image.symbols.size());
      if (random(8) == 0)
        relocation.type = random(10);
    }
    for (DynamicSymbol &symbol : s.image.symbols) {
      if (random(6) == 0)
        symbol.value = random(3) ? VTableSample::kData + random(256)
                                 : ~uint64_t(random(16));
      if (random(6) == 0)
        symbol.size = random(3) ? random(128) : ~uint64_t(random(16));
      if (random(6) == 0)
        symbol.type = random(11);
    }
    uint64_t last = 0;
    const ImageVTables found = s.find();
    for (const ImageSlot &slot : found.slots) {
      const Relocation &relocation = s.image.relocations[slot.relocation];
      const ImageVTable &table = found.tables[slot.vtable];
      EXPECT_GT(relocation.offset, last);
      EXPECT_GE(relocation.offset, table.begin);
      EXPECT_LE(relocation.offset + s.word, table.end);
      last = relocation.offset;
    }
  }
}
