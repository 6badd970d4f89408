#include "ELF/Relr.h"
#include "llvm/Object/ELF.h"
#include <gtest/gtest.h>
#include <random>

using namespace llvm;
using namespace objprelink;

using Places = std::vector<uint64_t>;

static ByteVector encode(ArrayRef<uint64_t> places, bool is64) {
  return cantFail(encodeRelr(places, is64));
}

/// What LLVM's own decoder makes of \p table.
template <class ELFT> static Places decodeByLLVM(Bytes table) {
  typename ELFT::Ehdr header = {};
  memcpy(header.e_ident, ELF::ElfMagic, 4);
  const StringRef file(reinterpret_cast<const char *>(&header), sizeof(header));
  const object::ELFFile<ELFT> elf =
      cantFail(object::ELFFile<ELFT>::create(file));
  using Relr = typename ELFT::Relr;
  Places places;
  for (const typename ELFT::Rel &entry :
       elf.decode_relrs(ArrayRef(reinterpret_cast<const Relr *>(table.data()),
                                 table.size() / sizeof(Relr))))
    places.push_back(entry.r_offset);
  return places;
}

/// Encodes, decodes by both decoders; the number of words that it took.
static size_t roundTrip(const Places &places, bool is64) {
  const ByteVector table = encode(places, is64);
  EXPECT_EQ(cantFail(decodeRelr(table, is64)), places);
  EXPECT_EQ(is64 ? decodeByLLVM<object::ELF64LE>(table)
                 : decodeByLLVM<object::ELF32LE>(table),
            places);
  return table.size() / (is64 ? 8 : 4);
}

static std::string failure(ArrayRef<uint64_t> words, bool is64,
                           uint64_t most = UINT64_MAX) {
  ByteVector table;
  for (uint64_t word : words)
    for (int byte = 0; byte < (is64 ? 8 : 4); ++byte)
      table.push_back(word >> 8 * byte);
  Expected<Places> places = decodeRelr(table, is64, most);
  return places ? "" : toString(places.takeError());
}

TEST(Relr, Empty) {
  EXPECT_EQ(roundTrip({}, true), 0u);
  EXPECT_EQ(roundTrip({}, false), 0u);
}

TEST(Relr, KnownWords) {
  const ByteVector table = encode({0x1000, 0x1008, 0x1018}, true);
  EXPECT_EQ(table, ByteVector({0, 0x10, 0, 0, 0, 0, 0, 0, //
                               0x0b, 0, 0, 0, 0, 0, 0, 0}));
}

TEST(Relr, BitmapBoundaries) {
  for (bool is64 : {true, false}) {
    const uint64_t size = is64 ? 8 : 4, bits = size * 8 - 1;
    // An address, and the last word that its bitmap reaches.
    EXPECT_EQ(roundTrip({0x1000, 0x1000 + bits * size}, is64), 2u);
    EXPECT_EQ(roundTrip({0x1000, 0x1000 + (bits + 1) * size}, is64), 2u);
    EXPECT_EQ(roundTrip({0x1000, 0x1000 + size, 0x1000 + bits * size,
                         0x1000 + (bits + 1) * size},
                        is64),
              3u);
    EXPECT_EQ(roundTrip({0x1000, 0x1000 + size, 0x1000 + 2 * bits * size,
                         0x1000 + (2 * bits + 1) * size},
                        is64),
              4u);
    // A full run takes one word for each bitmap.
    Places run;
    for (uint64_t i = 0; i <= 5 * bits; ++i)
      run.push_back(i * size);
    EXPECT_EQ(roundTrip(run, is64), 6u);
    // The last word of the address space.
    const uint64_t last = is64 ? UINT64_MAX - 7 : UINT32_MAX - 3;
    EXPECT_EQ(roundTrip({last - size, last}, is64), 2u);
  }
}

// Packed structures: GNU ld and lld pack every even place.
TEST(Relr, EvenPlaces) {
  EXPECT_EQ(roundTrip({0x1002, 0x100a, 0x1014, 0x101c}, true), 4u);
  EXPECT_EQ(roundTrip({0x1002, 0x1006, 0x100c}, false), 3u);
}

TEST(Relr, RandomPlaces) {
  std::mt19937_64 random(20011);
  for (int round = 0; round < 400; ++round) {
    const bool is64 = round % 2;
    const uint64_t size = is64 ? 8 : 4;
    // From runs to far apart; every tenth set has unaligned ones.
    const uint64_t spread = uint64_t(1) << random() % 9;
    Places places;
    uint64_t place = random() % 1000 * 2;
    for (int i = random() % 500; i >= 0; --i) {
      places.push_back(place);
      place += (1 + random() % spread) * size;
      if (round % 10 == 0 && random() % 8 == 0)
        place += 2;
    }
    roundTrip(places, is64);
  }
}

TEST(Relr, RefusesPlaces) {
  const auto refuse = [](const Places &places, bool is64) {
    Expected<ByteVector> table = encodeRelr(places, is64);
    return table ? "" : toString(table.takeError());
  };
  EXPECT_EQ(refuse({0x1001}, true), "place 0x1001 is odd");
  EXPECT_EQ(refuse({8, 8}, true), "place 0x8 does not follow 0x8");
  EXPECT_EQ(refuse({16, 8}, true), "place 0x8 does not follow 0x10");
  EXPECT_EQ(refuse({uint64_t(1) << 32}, false),
            "place 0x100000000 is not a 32-bit address");
}

TEST(Relr, RefusesTables) {
  for (bool is64 : {true, false}) {
    EXPECT_EQ(failure({3}, is64),
              "entry 0 is a bitmap, where an address is due");
    EXPECT_EQ(failure({8, 8}, is64), "entry 1: place 0x8 does not follow 0x8");
    EXPECT_EQ(failure({16, 3, 16}, is64),
              is64 ? "entry 2: place 0x10 does not follow 0x18"
                   : "entry 2: place 0x10 does not follow 0x14");
    const uint64_t last = is64 ? UINT64_MAX - 7 : UINT32_MAX - 3;
    EXPECT_EQ(failure({last, 3}, is64),
              "entry 1: a place past the end of the address space");
    EXPECT_EQ(failure({last, 1, 1, 3}, is64),
              "entry 3: a place past the end of the address space");
    EXPECT_EQ(failure({last, 1}, is64), "");
    EXPECT_EQ(failure({8, 7}, is64, 2), "3 places, where 2 can be at most");
    Expected<Places> odd = decodeRelr(ByteVector(3), is64);
    EXPECT_EQ(odd ? "" : toString(odd.takeError()),
              is64 ? "0x3 bytes in entries of 8" : "0x3 bytes in entries of 4");
  }
}
