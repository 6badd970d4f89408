#include "Runtime/Process.h"
#include "Runtime/TableReader.h"
#include <cstring>
#include <gtest/gtest.h>
#include <random>
#include <sys/stat.h>
#include <vector>

namespace {
/// A process of one object, in our own memory, and a table for it.
struct Sample {
  struct Memory {
    uint64_t words[16];
    Elf64_Dyn dynamic[8];
    Elf64_Phdr headers[1];
  };
  struct alignas(16) Table {
    PreboundHeader header;
    PreboundObject object;
    PreboundStrip strips[5];
    PreboundPages pages[1];
    uint32_t values[8];
    uint16_t places[5];
    uint16_t providers[2];
    Elf64_Rela rest[1];
    char text[16];
  };

  alignas(4096) Memory memory = {};
  Table bytes = {};
  PreboundTable table = {};
  link_map map = {};
  link_map *maps[PREBOUND_MOST_OBJECTS];
  std::vector<uint64_t> bases = std::vector<uint64_t>(PREBOUND_BASES);
  PreboundProcess process = {};

  uint64_t base() const { return reinterpret_cast<uint64_t>(&memory); }

  Sample() {
    memory.headers[0].p_type = PT_LOAD;
    memory.headers[0].p_flags = PF_R | PF_W;
    memory.headers[0].p_memsz = sizeof(memory.words);
    const int64_t tags[] = {DT_RELA, DT_RELASZ, DT_RELACOUNT, DT_PLTRELSZ};
    for (unsigned i = 0; i < 4; ++i)
      memory.dynamic[i] = {tags[i], {1000}};
    // ld.so has made it an address.
    memory.dynamic[0].d_un.d_ptr += base();
    map.l_addr = base();
    map.l_ld = memory.dynamic;
    map.l_name = const_cast<char *>("/proc/self/exe");

    PreboundHeader &header = bytes.header;
    header.magic = PREBOUND_MAGIC;
    header.layout = kPreboundLayout;
    header.size = sizeof(bytes);
    header.objects = {offsetof(Table, object), 1};
    header.text = {offsetof(Table, text), 16};
    header.restCount = 1;
    header.opened = header.groups = {offsetof(Table, rest), 0};
    PreboundObject &object = bytes.object;
    object.state = PreboundBound;
    object.strips = {offsetof(Table, strips), 5};
    object.pages = {offsetof(Table, pages), 1};
    object.values = {offsetof(Table, values), 8};
    object.places = {offsetof(Table, places), 5};
    object.providers = {offsetof(Table, providers), 2};
    object.rest = {offsetof(Table, rest), 1};
    bytes.pages[0] = {0, 1};
    bytes.strips[0] = {0, 5, 0, PreboundRun};
    bytes.strips[1] = {40, 3, 0, PreboundRaw};
    bytes.strips[2] = {64, 2, 0, PreboundRawSpread};
    bytes.strips[3] = {64, 1, 1, PreboundSpread}; // nobody is there
    bytes.strips[4] = {80, 2, 0, PreboundMixed};
    const uint32_t values[8] = {0x100, 0x101, 0x102, 0x103,
                                0x104, 0x300, 0x400, 0x500};
    std::memcpy(bytes.values, values, sizeof(values));
    // Of words 8 and 10, of 9, of 12 and 14.
    const uint16_t places[5] = {0, 2, 1, 2, 4};
    std::memcpy(bytes.places, places, sizeof(places));
    bytes.providers[0] = 0; // itself
    bytes.providers[1] = PREBOUND_NOBODY;
    for (unsigned i : {5, 6, 7, 8, 10})
      memory.words[i] = 0x200 + i;
    bytes.rest[0] = {104, 6, 0};
    key();
    process.table = &table;
    process.first = &map;
    process.maps = maps;
    process.bases = bases.data();
    process.program = "/proc/self/exe";
  }

  /// Makes the key fit, and the sums.
  void key() {
    PreboundObject &object = bytes.object;
    object.dynamicAt = offsetof(Memory, dynamic);
    object.dynamicDigest = preboundDynamicDigest(&map);
    object.headersAt = offsetof(Memory, headers);
    object.headersCount = 1;
    object.headersDigest =
        preboundDigest(memory.headers, sizeof(memory.headers));
    struct stat status;
    stat("/proc/self/exe", &status);
    object.file = {status.st_ino,         uint64_t(status.st_size),
                   status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
                   status.st_ctim.tv_sec, status.st_ctim.tv_nsec};
    sum();
  }
  void sum() {
    const auto *data = reinterpret_cast<const char *>(&bytes);
    preboundSum(data + PREBOUND_SUMMED, sizeof(bytes) - PREBOUND_SUMMED,
                bytes.header.sums);
  }
  /// Why it is not taken, or "applied".
  std::string start() {
    if (const char *reason = preboundRead(&bytes, sizeof(bytes), 1, &table))
      return reason;
    PreboundReason why;
    if (!preboundCompare(&process, &why))
      return why.reason;
    preboundApply(&process, kept);
    return "applied";
  }
  Elf64_Rela kept[1] = {};
};
} // namespace

TEST(PreboundTable, Words) {
  Sample sample;
  ASSERT_EQ(sample.start(), "applied");
  const uint64_t base = sample.base();
  const uint64_t expected[16] = {base + 0x100, base + 0x101,
                                 base + 0x102, base + 0x103,
                                 base + 0x104, base + 0x205,
                                 base + 0x206, base + 0x207,
                                 base + 0x208, 0x300,
                                 base + 0x20a, 0,
                                 base + 0x400, 0,
                                 0x500,        0};
  for (unsigned i = 0; i < 16; ++i)
    EXPECT_EQ(sample.memory.words[i], expected[i]) << i;
  // The loader is left one relocation.
  EXPECT_EQ(sample.memory.dynamic[0].d_un.d_ptr,
            reinterpret_cast<uint64_t>(sample.kept));
  EXPECT_EQ(sample.memory.dynamic[1].d_un.d_val, sizeof(Elf64_Rela));
  EXPECT_EQ(sample.memory.dynamic[2].d_un.d_val, 0u);
  EXPECT_EQ(sample.memory.dynamic[3].d_un.d_val, 0u);
  EXPECT_EQ(sample.kept[0].r_offset, 104u);
}

// Each part of the key, and nothing is written when one differs.
TEST(PreboundTable, Key) {
  const std::pair<const char *, void (*)(Sample &)> changes[] = {
      {"its dynamic table differs, or another object is in its place",
       [](Sample &s) { ++s.memory.dynamic[1].d_un.d_val; }},
      {"its program headers differ",
       [](Sample &s) { ++s.memory.headers[0].p_align; }},
      {"its build-id differs",
       [](Sample &s) {
         s.bytes.object.buildIdSize = 8;
         s.sum();
       }},
      {"the file has been changed",
       [](Sample &s) {
         ++s.bytes.object.file.changedNanoseconds;
         s.sum();
       }},
      {"it has been relocated already",
       [](Sample &s) {
         s.bytes.object.probeAt = 8;
         s.bytes.object.probeRaw = 1;
         s.sum();
       }},
      {"there are more objects than in the table",
       [](Sample &s) { s.map.l_next = &s.map; }},
      {"the table has words outside of the object's data",
       [](Sample &s) {
         s.memory.headers[0].p_memsz = 64;
         s.key();
       }},
      {"the table has words outside of the object's data",
       [](Sample &s) {
         s.bytes.strips[0].count = 17;
         s.sum();
       }},
      {"the table has words outside of the object's data",
       [](Sample &s) {
         s.bytes.places[3] = 6;
         s.sum();
       }},
      {"the table has pages outside of the object's data",
       [](Sample &s) {
         s.bytes.pages[0].count = 2;
         s.sum();
       }},
      {"the table has words of an unknown kind",
       [](Sample &s) {
         s.bytes.strips[0].kind = 6;
         s.sum();
       }},
      {"the table has fewer words than it says",
       [](Sample &s) {
         s.bytes.strips[4].count = 3;
         s.sum();
       }},
      {"the table has another number of words than it says", [](Sample &s) {
         s.bytes.strips[4].count = 1;
         s.sum();
       }}};
  for (const auto &[reason, change] : changes) {
    Sample sample;
    change(sample);
    const std::vector<uint64_t> before(sample.memory.words,
                                       std::end(sample.memory.words));
    EXPECT_EQ(sample.start(), reason);
    EXPECT_EQ(before, std::vector<uint64_t>(sample.memory.words,
                                            std::end(sample.memory.words)))
        << reason;
  }
}

TEST(PreboundTable, DynamicTable) {
  Sample sample;
  EXPECT_TRUE(preboundIsObject(&sample.bytes.object, &sample.map));
  // What debuggers get is no change, whatever else is.
  ++sample.memory.dynamic[1].d_un.d_val;
  EXPECT_FALSE(preboundIsObject(&sample.bytes.object, &sample.map));
}

// An object is where its file says, above it or below it. What the table has of
// it counts from its first page, and ld.so's distance from the file's
// addresses.
TEST(PreboundTable, Addresses) {
  for (uint64_t distance : {uint64_t(0), uint64_t(0x1000), uint64_t(-0x1000)}) {
    Sample sample;
    const uint64_t base = sample.base();
    PreboundObject &object = sample.bytes.object;
    object.linkedAt = base - distance;
    sample.map.l_addr = distance;
    sample.memory.headers[0].p_vaddr = object.linkedAt;
    sample.key();
    object.dynamicAt += object.linkedAt;
    object.headersAt += object.linkedAt;
    object.dynamicDigest = 0;
    for (const Elf64_Dyn &entry : sample.memory.dynamic)
      if (entry.d_tag)
        object.dynamicDigest = preboundAddDynamic(
            object.dynamicDigest, entry.d_tag,
            entry.d_un.d_val - (entry.d_tag == DT_RELA ? distance : 0), 0);
    sample.sum();
    ASSERT_EQ(sample.start(), "applied") << distance;
    EXPECT_EQ(sample.memory.words[0], base + 0x100);
    EXPECT_EQ(sample.memory.words[9], 0x300u);
    EXPECT_EQ(sample.memory.words[12], base + 0x400);
  }
  Sample sample;
  sample.bytes.object.linkedAt = 8;
  sample.sum();
  EXPECT_EQ(sample.start(), "an address of the table is not that of a page");
}

// Whatever the bytes are, nothing outside of them is read and nothing outside
// of the object's data is written: sums are made right, so that the checks
// behind them are reached.
TEST(PreboundTable, Damaged) {
  std::mt19937 chance(1);
  unsigned refused = 0;
  for (unsigned i = 0; i < 20000; ++i) {
    Sample sample;
    auto *bytes = reinterpret_cast<uint8_t *>(&sample.bytes);
    for (unsigned changes = chance() % 3 + 1; changes--;) {
      const size_t at = chance() % sizeof(sample.bytes);
      bytes[at] = chance() % 4 ? bytes[at] ^ 1 << chance() % 8 : chance();
    }
    // Addresses of the process are vouched for by the dynamic table.
    sample.bytes.object.dynamicAt = offsetof(Sample::Memory, dynamic);
    sample.bytes.object.dynamicDigest = preboundDynamicDigest(&sample.map);
    sample.bytes.object.headersAt = offsetof(Sample::Memory, headers);
    sample.bytes.object.headersCount = 1;
    sample.bytes.object.buildIdSize = 0;
    sample.bytes.object.probeAt = 0;
    for (PreboundStrip &strip : sample.bytes.strips)
      if (strip.kind == PreboundIndirect)
        strip.kind = PreboundMixed; // Which would be called.
    sample.sum();
    const auto end = sample.memory.headers[0];
    refused += sample.start() != "applied";
    EXPECT_EQ(std::memcmp(&end, sample.memory.headers, sizeof(end)), 0);
  }
  EXPECT_GT(refused, 1000u);
}

// Each single byte that differs is found by the sums.
TEST(PreboundTable, Sums) {
  Sample sample;
  auto *bytes = reinterpret_cast<uint8_t *>(&sample.bytes);
  for (size_t at = 0; at < sizeof(sample.bytes); ++at) {
    bytes[at] ^= 0x40;
    EXPECT_NE(preboundRead(bytes, sizeof(sample.bytes), 1, &sample.table),
              nullptr)
        << at;
    bytes[at] ^= 0x40;
  }
}

// Runs that are longer than a page, of each length, wherever they begin.
TEST(PreboundTable, Runs) {
  struct alignas(16) Table {
    PreboundHeader header;
    PreboundStrip strips[1];
    uint32_t values[1200];
  };
  static Table bytes;
  alignas(4096) static uint64_t words[2048];
  PreboundTable table = {};
  table.header = &bytes.header;
  uint64_t base = reinterpret_cast<uint64_t>(words);
  uint64_t bases[1] = {base};
  PreboundProcess process = {};
  process.table = &table;
  process.bases = bases;
  Elf64_Dyn dynamic[1] = {};
  link_map map = {};
  map.l_addr = base;
  map.l_ld = dynamic;
  PreboundObject object = {};
  object.strips = {offsetof(Table, strips), 1};
  object.values = {offsetof(Table, values), 1200};
  object.pages = {offsetof(Table, values), 0};
  for (unsigned i = 0; i < 1200; ++i)
    bytes.values[i] = 0x80000000 + i;
  for (PreboundKind kind : {PreboundRaw, PreboundRun})
    for (uint32_t begin : {0, 8, 4080, 4088, 4084})
      for (uint32_t count : {1, 2, 3, 4, 5, 7, 8, 9, 17, 511, 513, 1200}) {
        for (uint64_t i = 0; i < 2048; ++i)
          words[i] = 7;
        auto *first = reinterpret_cast<char *>(words) + begin;
        if (kind == PreboundRaw)
          for (uint64_t i = 0; i < count; ++i) {
            const uint64_t raw = bytes.values[i];
            std::memcpy(first + i * 8, &raw, 8);
          }
        bytes.strips[0] = {begin, count, 0, uint16_t(kind)};
        preboundApplyObject(&process, &object, &map, nullptr);
        unsigned wrong = 0;
        for (uint64_t i = 0; i < count; ++i) {
          uint64_t word;
          std::memcpy(&word, first + i * 8, 8);
          wrong += word != base + bytes.values[i];
        }
        EXPECT_EQ(wrong, 0u) << kind << ' ' << begin << ' ' << count;
        EXPECT_EQ(words[2047], 7u);
        EXPECT_EQ(words[(begin + 7) / 8 + count], 7u) << begin << ' ' << count;
      }
}
