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
    PreboundRun runs[4];
    uint32_t values[11];
    uint32_t places[2];
    uint16_t providers[3];
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
    object.runs = {offsetof(Table, runs), 4};
    object.values = {offsetof(Table, values), 11};
    object.places = {offsetof(Table, places), 2};
    object.providers = {offsetof(Table, providers), 3};
    object.rest = {offsetof(Table, rest), 1};
    bytes.runs[0] = {0, 6 * 4 + PreboundOwn};
    bytes.runs[1] = {48, 2 * 4 + PreboundMixed};
    bytes.runs[2] = {72, 2 * 4 + PreboundSpread};
    bytes.runs[3] = {112, 1 * 4 + PreboundMixed};
    const uint32_t values[11] = {0x100, 0x101, 0x102, 0x103, 0x104, 0x105,
                                 0x200, 0x300, 0x400, 0x401, 0x500};
    std::memcpy(bytes.values, values, sizeof(values));
    bytes.places[0] = 72;
    bytes.places[1] = 96;
    bytes.providers[0] = 0; // itself
    bytes.providers[1] = 1; // nobody is there
    bytes.providers[2] = PREBOUND_NOBODY;
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
  const uint64_t expected[16] = {base + 0x100,
                                 base + 0x101,
                                 base + 0x102,
                                 base + 0x103,
                                 base + 0x104,
                                 base + 0x105,
                                 base + 0x200,
                                 0x300,
                                 0,
                                 base + 0x400,
                                 0,
                                 0,
                                 base + 0x401,
                                 0,
                                 0x500,
                                 0};
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
      {"the table has words that are not in order",
       [](Sample &s) {
         s.bytes.runs[1].place = 8;
         s.sum();
       }},
      {"the table has another number of words than it says", [](Sample &s) {
         s.bytes.runs[3].countAndKind = PreboundMixed;
         s.sum();
       }}};
  for (const auto &[reason, change] : changes) {
    Sample sample;
    change(sample);
    EXPECT_EQ(sample.start(), reason);
    for (uint64_t word : sample.memory.words)
      EXPECT_EQ(word, 0u) << reason;
  }
}

TEST(PreboundTable, DynamicTable) {
  Sample sample;
  EXPECT_TRUE(preboundIsObject(&sample.bytes.object, &sample.map));
  // What debuggers get is no change, whatever else is.
  ++sample.memory.dynamic[1].d_un.d_val;
  EXPECT_FALSE(preboundIsObject(&sample.bytes.object, &sample.map));
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
    for (PreboundRun &run : sample.bytes.runs)
      if (run.countAndKind % 4 == PreboundIndirect)
        run.countAndKind ^= PreboundIndirect; // Which would be called.
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
