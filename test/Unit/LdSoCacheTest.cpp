// The cache of ldconfig: names, flags, subfolders for better processors, and
// whatever bytes a damaged one has.

#include "Loader/LdSoCache.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace objprelink;

namespace {
/// A cache of three entries for liba.so: i386's, x86-64's, and one for
/// processors of level 3.
class CacheBytes {
public:
  CacheBytes() {
    bytes.append(48 + 3 * 24, 0);
    std::copy_n("glibc-ld.so.cache1.1", 20, bytes.begin());
    put32(20, 3);
    const uint32_t name = text("liba.so");
    entry(0, 0x3, name, text("/lib32/liba.so"), 0);
    entry(1, 0x303, name, text("/lib/liba.so"), 0);
    entry(2, 0x303, name, text("/lib/v3/liba.so"), uint64_t(1) << 62);
    const uint32_t hwcap = text("x86-64-v3");
    while (bytes.size() % 4)
      bytes.push_back(0);
    const uint32_t extension = bytes.size();
    put32(32, extension);
    for (uint32_t word : {0xeaa42174u, 1u, 1u, 0u, extension + 24, 4u, hwcap}) {
      bytes.append(4, 0);
      put32(bytes.size() - 4, word);
    }
  }

  SmallVector<uint8_t, 0> bytes;

private:
  void put32(size_t at, uint32_t value) {
    support::endian::write32le(&bytes[at], value);
  }
  uint32_t text(StringRef s) {
    const uint32_t at = bytes.size();
    bytes.append(s.begin(), s.end());
    bytes.push_back(0);
    return at;
  }
  void entry(size_t index, uint32_t flags, uint32_t name, uint32_t path,
             uint64_t hwcap) {
    const size_t at = 48 + index * 24;
    put32(at, flags);
    put32(at + 4, name);
    put32(at + 8, path);
    support::endian::write64le(&bytes[at + 16], hwcap);
  }
};

TEST(LdSoCache, findsByFlagsAndProcessor) {
  const CacheBytes cache;
  Expected<LdSoCache> read = LdSoCache::read(cache.bytes);
  ASSERT_TRUE(bool(read)) << toString(read.takeError());
  EXPECT_EQ(read->find("liba.so", 0x3, {}), "/lib32/liba.so");
  EXPECT_EQ(read->find("liba.so", 0x303, {}), "/lib/liba.so");
  EXPECT_EQ(read->find("liba.so", 0x303, {"x86-64-v4", "x86-64-v3"}),
            "/lib/v3/liba.so");
  EXPECT_EQ(read->find("liba.so", 0x303, {"x86-64-v2"}), "/lib/liba.so");
  EXPECT_EQ(read->find("libb.so", 0x303, {}), "");
}

TEST(LdSoCache, refusesWhatIsNone) {
  EXPECT_EQ(
      toString(LdSoCache::read(arrayRefFromStringRef("text")).takeError()),
      "not a cache of ldconfig, or one of an unknown format");
  CacheBytes cache;
  cache.bytes[23] = 0x7f;
  EXPECT_EQ(toString(LdSoCache::read(cache.bytes).takeError()).substr(0, 12),
            "the cache's ");
}

TEST(LdSoCache, takesAnyBytes) {
  const CacheBytes whole;
  for (size_t size = 0; size < whole.bytes.size(); ++size) {
    const std::vector<uint8_t> part(whole.bytes.begin(),
                                    whole.bytes.begin() + size);
    Expected<LdSoCache> read = LdSoCache::read(part);
    if (read)
      read->find("liba.so", 0x303, {"x86-64-v3"});
    else
      consumeError(read.takeError());
  }
  for (size_t at = 0; at < whole.bytes.size(); ++at)
    for (uint8_t value : {0x00, 0x7f, 0x80, 0xff}) {
      CacheBytes changed;
      changed.bytes[at] = value;
      Expected<LdSoCache> read = LdSoCache::read(changed.bytes);
      if (read)
        read->find("liba.so", 0x303, {"x86-64-v3"});
      else
        consumeError(read.takeError());
    }
}
} // namespace
