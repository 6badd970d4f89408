#include "ELF/AndroidRelocations.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Object/ELF.h"
#include "llvm/Support/LEB128.h"
#include "llvm/Support/raw_ostream.h"
#include <gtest/gtest.h>

using namespace llvm;
using namespace llvm::ELF;
using namespace objprelink;

static ByteVector table(std::initializer_list<int64_t> numbers) {
  SmallString<64> text("APS2");
  raw_svector_ostream stream(text);
  for (int64_t number : numbers)
    encodeSLEB128(number, stream);
  return ByteVector(text.begin(), text.end());
}

/// Compares what \p bytes hold with what LLVM's decoder says.
template <class ELFT> static size_t compare(const ByteVector &bytes) {
  typename ELFT::Ehdr header = {};
  memcpy(header.e_ident, ElfMagic, 4);
  std::string file(reinterpret_cast<const char *>(&header), sizeof(header));
  file.append(bytes.begin(), bytes.end());
  typename ELFT::Shdr section = {};
  section.sh_offset = sizeof(header);
  section.sh_size = bytes.size();
  const auto expected = cantFail(
      cantFail(object::ELFFile<ELFT>::create(file)).android_relas(section));
  const auto found =
      cantFail(decodeAndroidRelocations(bytes, ELFT::Is64Bits, 100));
  EXPECT_EQ(expected.size(), found.size());
  for (size_t i = 0; i < std::min(expected.size(), found.size()); ++i) {
    EXPECT_EQ(expected[i].r_offset, found[i].offset);
    EXPECT_EQ(expected[i].getType(false), found[i].type);
    EXPECT_EQ(expected[i].getSymbol(false), found[i].symbol);
    EXPECT_EQ(expected[i].r_addend, found[i].addend);
  }
  return found.size();
}

TEST(AndroidRelocations, AreWhatLLVMReads) {
  constexpr int64_t info64 = (int64_t(5) << 32) | R_X86_64_64;
  constexpr int64_t info32 = (5 << 8) | R_386_32;
  // Groups by distance and info, by neither, with and without addends.
  const auto numbers = [](int64_t info) {
    return table({7,  0x1000, 3,    1 | 2, 8,    info, 2,   8,
                  16, info,   -4,   24,    info, 12,   1,   2 | 4 | 8,
                  8,  4,      info, 1,     1,    info, 0x40});
  };
  EXPECT_EQ(compare<object::ELF64LE>(numbers(info64)), 7u);
  EXPECT_EQ(compare<object::ELF32LE>(numbers(info32)), 7u);
  EXPECT_EQ(compare<object::ELF64LE>(table({0, 0})), 0u);
}

static std::string refusal(ByteVector bytes) {
  auto found = decodeAndroidRelocations(bytes, true, 100);
  return found ? "" : toString(found.takeError());
}

TEST(AndroidRelocations, RefusesWhatDoesNotHoldTogether) {
  EXPECT_EQ(refusal({}), "it does not begin with APS2");
  EXPECT_EQ(refusal(table({101, 0})),
            "101 relocations, of 100 that there can be");
  EXPECT_EQ(refusal(table({2, 0, 3, 0})),
            "a group of 3 relocations, of 2 that are left");
  EXPECT_EQ(refusal(table({2, 0, 0, 0})),
            "a group of 0 relocations, of 2 that are left");
  EXPECT_NE(refusal(table({-1, 0})), "");
  EXPECT_NE(refusal(table({2, 0, 2, 0, 8})), "");
}
