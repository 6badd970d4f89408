//===- JsonTest.cpp - what is refused before it is parsed -----------------===//

#include "Support/Json.h"
#include <gtest/gtest.h>

using namespace llvm;
using namespace objprelink;

static std::string problemOf(StringRef text, size_t largest = 1000) {
  Expected<json::Value> value = parseJson(text, largest);
  return value ? "" : toString(value.takeError());
}

static std::string nested(unsigned depth, StringRef inside) {
  return std::string(depth, '[') + inside.str() + std::string(depth, ']');
}

TEST(Json, sizeHasALimit) {
  EXPECT_EQ(problemOf("[1]", 3), "");
  EXPECT_EQ(problemOf("[12]", 3), "4 bytes, where there can be 3");
}

TEST(Json, depthHasALimit) {
  EXPECT_EQ(problemOf(nested(kDeepestJson, "1")), "");
  EXPECT_EQ(problemOf(nested(kDeepestJson, "{}")),
            "byte 16 begins an array or object in 16 others");
  // One after the other is not one in the other.
  EXPECT_EQ(problemOf(nested(kDeepestJson - 1, "[],[],{}")), "");
}

TEST(Json, bracketsOfStringsAreText) {
  EXPECT_EQ(problemOf("[\"" + std::string(20, '[') + "\"]"), "");
  EXPECT_EQ(problemOf("[\"\\\"" + std::string(20, '{') + "\"]"), "");
  // The backslash is a character of the string, and the quote ends it.
  EXPECT_EQ(problemOf("[\"\\\\\"," + std::string(20, '[')),
            "byte 21 begins an array or object in 16 others");
}

TEST(Json, whatIsNoneIsSaid) {
  EXPECT_TRUE(StringRef(problemOf("{")).starts_with("it is not JSON: "));
  EXPECT_TRUE(StringRef(problemOf("]]]")).starts_with("it is not JSON: "));
}
