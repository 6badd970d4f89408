#include "Runtime/Plugins.h"
#include <cstring>
#include <gtest/gtest.h>
#include <memory>
#include <sys/stat.h>
#include <vector>

namespace {
/// What ld.so keeps of an object: the public members, and some more.
struct Map {
  link_map map = {};
  uint64_t rest[131] = {};
  /// Where ld.so 2.36 has them.
  uint64_t &list(unsigned i) { return rest[(0x2d8 - sizeof(map)) / 8 + i]; }
  uint64_t &scope(unsigned i) { return rest[(0x388 - sizeof(map)) / 8 + i]; }
};

struct Object {
  uint64_t words[4] = {};
  Elf64_Dyn dynamic[4] = {};
  Elf64_Phdr headers[1] = {};
};

/// A program, and two objects that it opens: the first needs the second. Each
/// has a word that is bound to the second.
struct Sample {
  struct alignas(16) Table {
    PreboundHeader header;
    PreboundObject program;
    PreboundObject opened[3];
    PreboundGroup groups[2];
    PreboundStrip strips[1];
    uint32_t values[1];
    uint16_t places[1];
    Elf64_Rela rest[1];
    char text[16];
  };

  Table bytes = {};
  PreboundTable table = {};
  Object objects[3];
  Map maps[3];
  const link_map *globalList[1];
  std::vector<PreboundComing> coming = std::vector<PreboundComing>(8);
  std::vector<link_map *> known = std::vector<link_map *>(8);
  std::vector<uint64_t> bases = std::vector<uint64_t>(PREBOUND_BASES);
  uintptr_t cookies[3] = {};
  PreboundProcess process = {};
  PreboundPlugins plugins = {};

  Sample() {
    struct stat status;
    stat("/proc/self/exe", &status);
    for (unsigned i = 0; i < 3; ++i) {
      Object &object = objects[i];
      object.headers[0].p_type = PT_LOAD;
      object.headers[0].p_flags = PF_R | PF_W;
      object.headers[0].p_memsz = sizeof(object.words);
      object.dynamic[0] = {DT_RELASZ, {48 + i}};
      object.dynamic[1] = {DT_PLTRELSZ, {24}};
      maps[i].map.l_addr = reinterpret_cast<uint64_t>(&object);
      maps[i].map.l_ld = object.dynamic;
      maps[i].map.l_name = const_cast<char *>("/proc/self/exe");
      maps[i].scope(0) = reinterpret_cast<uint64_t>(&maps[0].list(0));
      maps[i].scope(1) = reinterpret_cast<uint64_t>(&maps[1].list(0));
    }
    globalList[0] = &maps[0].map;
    maps[0].list(0) = reinterpret_cast<uint64_t>(globalList);
    maps[0].list(1) = 1;
    for (unsigned i = 0; i < 3; ++i) {
      PreboundObject &object = bytes.opened[i];
      const unsigned of = i == 2 ? 2 : i + 1;
      object.index = of;
      object.state = PreboundBound;
      object.keepsPlt = i == 1;
      object.dynamicAt = offsetof(Object, dynamic);
      object.dynamicDigest = preboundDynamicDigest(&maps[of].map);
      object.headersAt = offsetof(Object, headers);
      object.headersCount = 1;
      object.headersDigest =
          preboundDigest(objects[of].headers, sizeof(Elf64_Phdr));
      object.file = {status.st_ino,         uint64_t(status.st_size),
                     status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
                     status.st_ctim.tv_sec, status.st_ctim.tv_nsec};
      object.strips = {offsetof(Table, strips), 1};
      object.values = {offsetof(Table, values), 1};
      object.places = {offsetof(Table, places), 1};
      object.providers = {offsetof(Table, places), 0};
      object.pages = {offsetof(Table, rest), 0};
      object.rest = {offsetof(Table, rest), 1};
    }
    bytes.strips[0] = {8, 1, 2, PreboundSpread};
    bytes.values[0] = 0x10;
    bytes.places[0] = 0;
    bytes.rest[0] = {16, 6, 0};
    bytes.groups[0] = {0, 2};
    bytes.groups[1] = {2, 1};
    PreboundHeader &header = bytes.header;
    header.magic = PREBOUND_MAGIC;
    header.layout = kPreboundLayout;
    header.size = sizeof(bytes);
    header.objects = {offsetof(Table, program), 1};
    header.opened = {offsetof(Table, opened), 3};
    header.groups = {offsetof(Table, groups), 2};
    header.text = {offsetof(Table, text), 16};
    header.globalCount = 1;
    bytes.program.strips = bytes.program.values = bytes.program.places =
        bytes.program.providers = bytes.program.pages =
            bytes.program.rest = {offsetof(Table, rest), 0};
    process.table = &table;
    process.first = &maps[0].map;
    process.maps = known.data();
    process.bases = bases.data();
    plugins.process = &process;
    plugins.coming = coming.data();
  }
  const char *read() { return preboundRead(&bytes, sizeof(bytes), 0, &table); }
  /// ld.so maps object \p i: "" if more has to come, else what came of it.
  std::string open(unsigned i) {
    PreboundReason why;
    if (!preboundPluginOpened(&plugins, &maps[i].map, &cookies[i], &why))
      return "";
    return why.reason ? why.reason : "applied";
  }
  void close(unsigned i) {
    preboundPluginClosed(&plugins, &cookies[i]);
    // The next time, it is mapped anew.
    objects[i].words[1] = 0;
    objects[i].dynamic[0].d_un.d_val = 48 + i;
    objects[i].dynamic[1].d_un.d_val = 24;
  }
  bool isBound(unsigned i) {
    return objects[i].words[1] == bases[2] + 0x10 &&
           objects[i].dynamic[0].d_un.d_val == sizeof(Elf64_Rela);
  }
};
} // namespace

TEST(PreboundPlugins, OpenedAndClosed) {
  auto s = std::make_unique<Sample>();
  ASSERT_EQ(s->read(), nullptr);
  for (unsigned round = 0; round < 2; ++round) {
    EXPECT_EQ(s->open(1), "");
    EXPECT_EQ(s->objects[1].words[1], 0u);
    EXPECT_EQ(s->open(2), "applied");
    EXPECT_TRUE(s->isBound(1));
    EXPECT_TRUE(s->isBound(2));
    EXPECT_EQ(s->objects[1].dynamic[1].d_un.d_val, 0u);
    // The loader has the PLT of this one to do.
    EXPECT_EQ(s->objects[2].dynamic[1].d_un.d_val, 24u);
    EXPECT_EQ(s->plugins.strangers, 0u);
    preboundPluginsReset(&s->plugins);
    s->close(1);
    s->close(2);
    EXPECT_EQ(s->known[1], nullptr);
    EXPECT_EQ(s->coming[1].rest, nullptr);
    preboundPluginsReset(&s->plugins);
  }
}

// What was opened before is not written again, but bound to.
TEST(PreboundPlugins, OpenedBefore) {
  auto s = std::make_unique<Sample>();
  ASSERT_EQ(s->read(), nullptr);
  s->maps[2].scope(1) = reinterpret_cast<uint64_t>(&s->maps[2].list(0));
  EXPECT_EQ(s->open(2), "applied");
  preboundPluginsReset(&s->plugins);
  s->objects[2].words[1] = 77;
  EXPECT_EQ(s->open(1), "applied");
  EXPECT_TRUE(s->isBound(1));
  EXPECT_EQ(s->objects[2].words[1], 77u);
}

// Nothing is written where the loader could come to something else.
TEST(PreboundPlugins, Refused) {
  const std::pair<const char *, void (*)(Sample &)> changes[] = {
      {"its symbols are looked up in another order", // RTLD_DEEPBIND
       [](Sample &s) { std::swap(s.maps[1].scope(0), s.maps[1].scope(1)); }},
      {"its symbols are looked up in another order", // RTLD_GLOBAL before
       [](Sample &s) { s.maps[0].list(1) = 2; }},
      {"its symbols are looked up in another order", // another caller's
       [](Sample &s) {
         s.maps[2].scope(1) = reinterpret_cast<uint64_t>(&s.maps[2].list(0));
       }},
      {"it is not what the table has in this place",
       [](Sample &s) { ++s.objects[2].dynamic[0].d_un.d_val; }},
      {"its program headers differ",
       [](Sample &s) { ++s.objects[2].headers[0].p_align; }},
      {"the file has been changed",
       [](Sample &s) { ++s.bytes.opened[0].file.inode; }},
      {"the table has words outside of the object's data",
       [](Sample &s) { s.bytes.strips[0].begin = 32; }}};
  for (const auto &[reason, change] : changes) {
    auto s = std::make_unique<Sample>();
    change(*s);
    ASSERT_EQ(s->read(), nullptr);
    EXPECT_EQ(s->open(1), "");
    EXPECT_EQ(s->open(2), reason);
    EXPECT_EQ(s->objects[1].words[1], 0u) << reason;
    EXPECT_EQ(s->objects[2].words[1], 0u) << reason;
    EXPECT_EQ(s->plugins.strangers, 2u);
  }
}

// An object that no group accounts for may answer to the name of one that is
// there.
TEST(PreboundPlugins, Stranger) {
  auto s = std::make_unique<Sample>();
  ASSERT_EQ(s->read(), nullptr);
  s->maps[2].scope(1) = reinterpret_cast<uint64_t>(&s->maps[2].list(0));
  EXPECT_EQ(s->open(2), "applied");
  preboundPluginsReset(&s->plugins);
  EXPECT_EQ(s->open(0), "it is no plugin of the table");
  preboundPluginsReset(&s->plugins);
  EXPECT_EQ(s->open(1), "other objects have been opened before");
  EXPECT_EQ(s->objects[1].words[1], 0u);
  s->close(1);
  s->close(0);
  preboundPluginsReset(&s->plugins);
  EXPECT_EQ(s->open(1), "applied");
}

// What fails to load before it is announced is closed all the same, and what
// a dlopen() has begun another one does not go on with.
TEST(PreboundPlugins, Failed) {
  auto s = std::make_unique<Sample>();
  ASSERT_EQ(s->read(), nullptr);
  s->cookies[2] = reinterpret_cast<uintptr_t>(&s->maps[2]);
  s->close(2);
  EXPECT_EQ(s->open(1), "");
  preboundPluginsReset(&s->plugins);
  s->close(1);
  s->maps[2].scope(1) = reinterpret_cast<uint64_t>(&s->maps[2].list(0));
  EXPECT_EQ(s->open(2), "applied");
  EXPECT_EQ(s->objects[1].words[1], 0u);
}

TEST(PreboundPlugins, Table) {
  const std::pair<const char *, void (*)(Sample &)> changes[] = {
      {"a group of the table is past its end",
       [](Sample &s) { s.bytes.groups[1].count = 2; }},
      {"a group of the table is past its end",
       [](Sample &s) { s.bytes.groups[0].count = 0; }},
      {"an index of the table is past its end",
       [](Sample &s) { s.bytes.opened[2].index = 4; }},
      {"an opened object has the index of another",
       [](Sample &s) { s.bytes.opened[2].index = 0; }},
      {"a range of the table is past its end",
       [](Sample &s) { s.bytes.header.groups.count = 1000; }}};
  for (const auto &[reason, change] : changes) {
    auto s = std::make_unique<Sample>();
    change(*s);
    EXPECT_STREQ(s->read(), reason);
  }
}
