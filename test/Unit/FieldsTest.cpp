//===- FieldsTest.cpp - searches of code and data -------------------------===//
//
// Blocks of bytes are looked at together, by those who rewrite and, apart from
// them, by those who verify. Both find what one look at each field finds: at
// the edges of blocks and of the contents, for ranges of all sizes, and where
// addresses are near 0 or do not fit into 32 bits.
//
//===----------------------------------------------------------------------===//

#include "ELF/Fields.h"
#include "Target/Decoder.h"
#include "llvm/Support/Endian.h"
#include "gtest/gtest.h"
#include <random>

using namespace llvm;
using namespace llvm::support::endian;
using namespace objprelink;

namespace {
using Found = std::vector<std::pair<uint64_t, uint64_t>>;

constexpr uint64_t kAddresses[] = {0x40, 0x1000, 0xfffffff0, 0x7fff'ffff'1004};

/// Bytes of which many are those of small negative numbers, and a few fields
/// that lead near \p to.
ByteVector makeCode(std::mt19937 &random, size_t size, uint64_t address,
                    uint64_t to) {
  ByteVector code(size);
  for (uint8_t &byte : code)
    byte = random() % 3 ? random() : 0xff;
  for (size_t count = size / 50; count && size > 4; --count) {
    const size_t at = random() % (size - 4);
    write32le(&code[at], to - (address + at) + random() % 16 - 8);
  }
  return code;
}

/// Each field whose distance leads to one of \p count addresses from \p first.
Found lookAtEach(Bytes code, uint64_t address, unsigned step, uint64_t first,
                 uint64_t count) {
  Found out;
  for (size_t at = 0; at + 4 <= code.size(); at += step)
    if (const uint64_t to =
            address + at + int64_t(int32_t(read32le(&code[at])));
        to - first < count)
      out.push_back({at, to});
  return out;
}
} // namespace

TEST(Fields, DistancesAreThoseOfEachField) {
  std::mt19937 random(1);
  size_t all = 0;
  for (uint64_t address : kAddresses)
    for (size_t size : {0, 3, 4, 18, 19, 20, 35, 4095, 9000, 70000})
      for (uint64_t length : {uint64_t(0), uint64_t(24), uint64_t(1) << 20,
                              uint64_t(1) << 31, uint64_t(1) << 33}) {
        const uint64_t to = address + 0x300 + (random() % 3) * 0x123456;
        const ByteVector code = makeCode(random, size, address, to);
        for (unsigned step : {1, 4}) {
          Found found, verified;
          forEachDistance(
              code, address, {to, length},
              step == 1 ? FieldsAt::Any : FieldsAt::MultiplesOf4,
              [&](size_t at, uint64_t there) { found.push_back({at, there}); });
          EXPECT_EQ(found, lookAtEach(code, address, step, to, length + 1));
          findPlainDistances(code, address, step, {to, length},
                             [&](uint64_t there, uint64_t place) {
                               verified.push_back({place - address, there});
                             });
          EXPECT_EQ(verified, lookAtEach(code, address, step, to, length));
          all += found.size();
        }
      }
  EXPECT_GT(all, 100000u);
}

TEST(Fields, MinusOneIsFoundAtAnyPosition) {
  std::mt19937 random(2);
  for (size_t size = 0; size < 300; ++size) {
    ByteVector code(size);
    for (uint8_t &byte : code)
      byte = random() % 4 ? 0xff : random();
    std::vector<size_t> found, each;
    forEachMinusOne(code, [&](size_t at) { found.push_back(at); });
    for (size_t at = 0; at + 4 <= size; ++at)
      if (read32le(&code[at]) == UINT32_MAX)
        each.push_back(at);
    EXPECT_EQ(found, each) << size;
  }
}

TEST(Fields, BytesAreFoundInOrder) {
  const uint8_t code[] = {1, 5, 5, 2, 5};
  std::vector<size_t> found;
  forEachByte(code, 5, [&](size_t at) { found.push_back(at); });
  EXPECT_EQ(found, (std::vector<size_t>{1, 2, 4}));
}
