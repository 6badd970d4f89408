#include "Support/Extents.h"
#include "llvm/ADT/StringExtras.h"
#include <gtest/gtest.h>

using namespace llvm;
using namespace objprelink;

static std::string flat(const Extents &extents) {
  return toStringRef(extents.flatten()).str();
}

TEST(Extents, KeepsOrderAndSize) {
  Extents extents;
  extents.append(arrayRefFromStringRef("abc"));
  extents.append(ByteVector({'d', 'e'}));
  extents.append(Bytes());
  EXPECT_EQ(extents.size(), 5u);
  EXPECT_EQ(flat(extents), "abcde");
}

TEST(Extents, AppendsZeros) {
  Extents extents;
  extents.append(arrayRefFromStringRef("abc"));
  extents.appendZeros(10000);
  EXPECT_EQ(extents.size(), 10003u);
  EXPECT_EQ(flat(extents), "abc" + std::string(10000, '\0'));
}

// Extents point into vectors that move along with the list.
TEST(Extents, OwnsItsBytesThroughMoves) {
  Extents all;
  for (int i = 0; i < 100; ++i) {
    Extents one;
    one.append(ByteVector(3, 'a' + i % 26));
    all.append(std::move(one));
  }
  const Extents moved = std::move(all);
  const std::string text = flat(moved);
  EXPECT_EQ(text.size(), 300u);
  EXPECT_EQ(text.substr(0, 6), "aaabbb");
  EXPECT_EQ(text.substr(78, 3), "aaa");
}
