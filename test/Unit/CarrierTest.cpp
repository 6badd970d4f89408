#include "Binding/Carrier.h"
#include "Binding/Overlaps.h"
#include "Loader/RelocationOrder.h"
#include <gtest/gtest.h>

using namespace llvm;
using namespace llvm::ELF;
using namespace objprelink;

namespace {
/// Libraries that need each other, and libc of a version at the end.
struct Libraries : Closure {
  Libraries(std::vector<std::vector<uint32_t>> needed, StringRef version) {
    scopes.emplace_back();
    for (const std::vector<uint32_t> &needs : needed) {
      Library library = {"",
                         "",
                         FoundBy::Program,
                         cantFail(InputFile::open("/proc/self/exe")),
                         Image(),
                         "",
                         0,
                         needs,
                         0,
                         false};
      scopes[0].push_back(libraries.size());
      libraries.push_back(std::move(library));
    }
    libraries.back().name = "libc.so.6";
    for (StringRef name : {StringRef("GLIBC_2.2.5"), version}) {
      DefinedVersion &defined =
          libraries.back().image.definedVersions.emplace_back();
      defined.name = name;
    }
  }
};
} // namespace

// Libraries that need each other show which of the two orders it is.
TEST(Carrier, OrderOfRelocation) {
  using Order = std::vector<uint32_t>;
  const Libraries old({{1, 2}, {2, 3}, {1, 3}, {}}, "GLIBC_2.30");
  EXPECT_EQ(relocationOrder(old), (Order{3, 2, 1, 0}));
  const Libraries now({{1, 2}, {2, 3}, {1, 3}, {}}, "GLIBC_2.35");
  EXPECT_EQ(relocationOrder(now), (Order{3, 1, 2, 0}));
  // What is needed moves behind the last that needs it.
  const Libraries chain({{1, 4}, {3}, {1}, {4}, {}}, "GLIBC_2.30");
  EXPECT_EQ(relocationOrder(chain), (Order{4, 3, 1, 2, 0}));
}

// An audit object is what is usual, and it is refused where it does harm.
TEST(Carrier, Choice) {
  Libraries closure({{1, 2}, {2}, {}}, "GLIBC_2.35");
  Image &image = closure.libraries[1].image;
  image.segments.push_back({.type = PT_TLS, .memorySize = 100, .alignment = 8});
  const std::string tunable = "glibc.rtld.optional_static_tls=600";
  const auto choose = [&](CarrierChoice choice, StringRef tunables) {
    return chooseCarrier(closure, choice, tunables);
  };
  Carrier carrier = cantFail(choose(CarrierChoice::Auto, tunable));
  EXPECT_FALSE(carrier.isPreload);
  EXPECT_EQ(carrier.staticTls, 0u);
  EXPECT_EQ(carrier.reason, "");
  carrier = cantFail(choose(CarrierChoice::Preload, ""));
  EXPECT_TRUE(carrier.isPreload);
  EXPECT_EQ(carrier.reason, kAskedFor);
  // As much as needs a tunable, which the user has not set or has.
  image.segments.back().memorySize = 1000;
  carrier = cantFail(choose(CarrierChoice::Auto, ""));
  EXPECT_FALSE(carrier.isPreload);
  EXPECT_EQ(carrier.staticTls, 1007u + 512u);
  carrier = cantFail(choose(CarrierChoice::Auto, tunable));
  EXPECT_TRUE(carrier.isPreload);
  EXPECT_EQ(carrier.staticTls, 0u);
  EXPECT_TRUE(errorToBool(choose(CarrierChoice::Audit, tunable).takeError()));
  // Calls would be slow for ever.
  Libraries old({{1}, {}}, "GLIBC_2.30");
  EXPECT_TRUE(cantFail(chooseCarrier(old, CarrierChoice::Auto, "")).isPreload);
  image.segments.back().memorySize = 1 << 25;
  EXPECT_TRUE(cantFail(choose(CarrierChoice::Auto, "")).isPreload);
}

// What a table can have the result of: all pairs of writes to one place.
TEST(Carrier, Overlaps) {
  const Image image;
  const auto settle = [&](Turn first, int64_t distance, Turn second,
                          bool isRest, size_t left) {
    Overlaps overlaps(image);
    BoundObject object;
    object.words.push_back({.place = 64});
    overlaps.addWord(object, first);
    if (isRest) {
      Relocation &relocation = object.rest.emplace_back();
      relocation.offset = 64 + distance;
      relocation.type = R_X86_64_TPOFF64;
      overlaps.addRest(object, second);
    } else {
      object.words.push_back({.place = 64 + uint64_t(distance)});
      overlaps.addWord(object, second);
    }
    const bool isFine = overlaps.settle(object).empty();
    EXPECT_TRUE(!isFine || object.words.size() == left);
    return isFine;
  };
  EXPECT_TRUE(settle(Turn::Main, 0, Turn::Main, false, 1));
  EXPECT_TRUE(settle(Turn::Main, 8, Turn::Main, false, 2));
  EXPECT_TRUE(settle(Turn::Packed, 0, Turn::Main, false, 1));
  EXPECT_TRUE(settle(Turn::Main, 0, Turn::Choice, true, 0));
  EXPECT_FALSE(settle(Turn::Main, 4, Turn::Main, false, 0));
  EXPECT_FALSE(settle(Turn::Main, -4, Turn::Choice, true, 0));
  EXPECT_FALSE(settle(Turn::Packed, 0, Turn::Packed, false, 0));
  EXPECT_FALSE(settle(Turn::Main, 0, Turn::Plt, false, 0));
  EXPECT_FALSE(settle(Turn::Main, 0, Turn::Plt, true, 0));
  EXPECT_FALSE(settle(Turn::Choice, 0, Turn::Main, true, 0));
}
