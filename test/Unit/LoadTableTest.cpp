// Who may be loaded with whom, where that puts images, and the check of it.
// hazard P29 P30

#include "Driver/AddressSet.h"
#include "Driver/Placement.h"
#include <gtest/gtest.h>

using namespace llvm;
using namespace objprelink;

static LoadedFile library(std::string name,
                          std::vector<std::string> needed = {},
                          std::vector<std::vector<std::string>> opened = {}) {
  LoadedFile out;
  out.path = "lib/" + name;
  out.names = {name};
  out.needed = std::move(needed);
  out.opened = std::move(opened);
  return out;
}

static LoadedFile program(std::string name,
                          std::vector<std::string> needed = {},
                          std::vector<std::vector<std::string>> opened = {}) {
  LoadedFile out = library(name, std::move(needed), std::move(opened));
  out.isProgram = true;
  return out;
}

/// The pairs of libraries that never meet: "a-b c-d".
static std::string apart(const LoadTable &table) {
  std::string out;
  for (size_t a = 0; a < table.files().size(); ++a)
    for (size_t b = a + 1; b < table.files().size(); ++b) {
      EXPECT_EQ(table.areTogether(a, b), table.areTogether(b, a));
      if (!table.files()[a].isProgram && !table.files()[b].isProgram &&
          !table.areTogether(a, b))
        out += (out.empty() ? "" : " ") + table.files()[a].names[0] + "-" +
               table.files()[b].names[0];
    }
  return out;
}

TEST(LoadTable, WhatNoProgramReachesMayMeetAll) {
  EXPECT_EQ(apart(LoadTable({library("a"), library("b")})), "");
  EXPECT_EQ(apart(LoadTable({program("p", {"a"}), library("a"), library("b")})),
            "");
}

TEST(LoadTable, LibrariesOfTwoProgramsNeverMeet) {
  const LoadTable table({program("p", {"a", "libc.so.6"}), program("q", {"b"}),
                         library("a", {"common"}), library("b", {"common"}),
                         library("common")});
  EXPECT_EQ(apart(table), "a-b");
  EXPECT_EQ(table.describe(2), "needed by lib/p; is never loaded with lib/b");
  EXPECT_EQ(table.describe(4),
            "needed by lib/a, needed by lib/b; may be loaded with all others");
}

TEST(LoadTable, PluginsMeetWhoOpensThem) {
  // A player, an engine that it opens, a codec that the engine opens.
  std::vector<LoadedFile> files = {program("player", {"widgets"}, {{"engine"}}),
                                   library("widgets"),
                                   library("engine", {"demuxer"}),
                                   library("demuxer", {}, {{"codec"}}),
                                   library("codec", {"tables"}),
                                   library("tables"),
                                   program("other", {"else"}),
                                   library("else")};
  EXPECT_EQ(apart(LoadTable(files)), "widgets-else engine-else demuxer-else "
                                     "codec-else tables-else");
  // Without the notes nobody knows who loads them.
  files[0].opened.clear();
  EXPECT_EQ(apart(LoadTable(files)), "widgets-else");
  files[0].recorded = {"/usr/lib/engine"};
  EXPECT_EQ(apart(LoadTable(files)), "widgets-else engine-else demuxer-else "
                                     "codec-else tables-else");
  // What the user names may come to any program.
  files[2].isPlugin = true;
  EXPECT_EQ(apart(LoadTable(files)), "widgets-else");
}

TEST(LoadTable, AlternativesNeverMeet) {
  std::vector<LoadedFile> files = {program("p", {}, {{"a", "b", "elsewhere"}}),
                                   library("a", {"ofa"}), library("ofa"),
                                   library("b"), library("c")};
  files[0].needed = {"c"};
  EXPECT_EQ(apart(LoadTable(files)), "a-b ofa-b");
  // Unless something else brings one of them, or both.
  files[4].needed = {"b"};
  EXPECT_EQ(apart(LoadTable(files)), "");
  files[4].needed = {"ofa"};
  EXPECT_EQ(apart(LoadTable(files)), "a-b");
  files[3].needed = {"a"};
  EXPECT_EQ(apart(LoadTable(files)), "");
}

TEST(LoadTable, NamesThatAreMissingAreSaid) {
  const LoadTable table({program("p", {}, {{"x", "y"}, {"z"}}), library("z")});
  EXPECT_EQ(table.describe(0), "a program; opens x or y, not in the set");
  EXPECT_EQ(table.describe(1),
            "opened by lib/p; may be loaded with all others");
}

static const Machine &machine(bool is64) {
  return *findMachine(is64 ? 62 : 3, is64);
}

static PlacedImage image(size_t file, std::string name, uint64_t size,
                         bool is64 = false) {
  PlacedImage out;
  out.file = file;
  out.name = out.path = std::move(name);
  out.machine = &machine(is64);
  out.size = size;
  return out;
}

static std::vector<AddressClaim> claims(ArrayRef<PlacedImage> images) {
  std::vector<AddressClaim> out;
  for (const PlacedImage &image : images)
    if (image.begin())
      out.push_back({image.file, image.machine, *image.begin(), image.end(),
                     image.kept.has_value()});
  return out;
}

static std::string verdict(const LoadTable &table,
                           ArrayRef<PlacedImage> images) {
  return toString(checkClaims(table, claims(images)));
}

// Small images are packed page by page and fill what large ones leave; a large
// one has a gap of 2 MiB behind it. The order of the images does not matter.
TEST(Placement, IsDenseAndTheSameInAnyOrder) {
  const LoadTable table(
      {library("a"), library("b"), library("c"), library("d"), library("e")});
  for (bool is64 : {false, true}) {
    std::vector<PlacedImage> images = {
        image(0, "a", 0x1001, is64), image(1, "b", 0x2fffff, is64),
        image(2, "c", 0x500000, is64), image(3, "d", 0x1000, is64),
        image(4, "e", 0x10, is64)};
    images[4].alignment = 0x10000;
    placeImages(table, 0, images);
    EXPECT_EQ(verdict(table, images), "");
    const uint64_t begin = *images[1].base;
    EXPECT_EQ(begin % 0x200000, 0u);
    EXPECT_GE(begin, machine(is64).preferredBegin);
    EXPECT_EQ(*images[2].base - begin, 0x600000u);
    EXPECT_EQ(*images[0].base - begin, 0x500000u);
    EXPECT_EQ(*images[3].base - begin, 0x502000u);
    EXPECT_EQ(*images[4].base - begin, 0x510000u);
    std::vector<PlacedImage> other(images.rbegin(), images.rend());
    for (PlacedImage &each : other)
      each.base.reset();
    placeImages(table, 0, other);
    for (size_t i = 0; i < 5; ++i)
      EXPECT_EQ(other[4 - i].base, images[i].base);
    placeImages(table, 1, other);
    EXPECT_NE(other[0].base, images[4].base);
  }
}

TEST(Placement, WhatComesLaterIsBesideTheRest) {
  const LoadTable table({library("a"), library("b")});
  std::vector<PlacedImage> images = {image(0, "a", 0x3000),
                                     image(1, "b", 0x3000)};
  images[0].kept = 0x45001000;
  placeImages(table, 0, images);
  EXPECT_EQ(images[1].base, 0x45004000u);
  EXPECT_EQ(verdict(table, images), "");
}

// Only where there is no room for all do those that never meet share memory.
TEST(Placement, SharesOnlyWhatIsScarce) {
  const std::vector<LoadedFile> files = {
      program("p", {"a", "common"}), program("q", {"b", "common"}),
      library("a"), library("b"), library("common")};
  const LoadTable table(files);
  const auto placed = [&](const LoadTable &table, uint64_t size, bool is64) {
    std::vector<PlacedImage> images = {image(2, "a", size, is64),
                                       image(3, "b", size, is64),
                                       image(4, "common", 0x1000000, is64)};
    placeImages(table, 0, images);
    EXPECT_EQ(verdict(table, images), "");
    return images;
  };
  const auto overlap = [](const PlacedImage &a, const PlacedImage &b) {
    return a.begin() && b.begin() && *a.begin() < b.end() &&
           *b.begin() < a.end();
  };
  std::vector<PlacedImage> images = placed(table, 0x4000000, false);
  EXPECT_FALSE(overlap(images[0], images[1]));
  images = placed(table, 0xa000000, false);
  EXPECT_TRUE(overlap(images[0], images[1]));
  EXPECT_FALSE(overlap(images[0], images[2]));
  images = placed(table, 0xa000000, true);
  EXPECT_FALSE(overlap(images[0], images[1]));
  // Those that may meet do without.
  const LoadTable full({library("p"), library("q"), library("a"), library("b"),
                        library("common")});
  images = placed(full, 0xa000000, false);
  EXPECT_TRUE(images[0].base && !images[1].base && images[2].base);
}

TEST(CheckClaims, NamesTwoThatMeet) {
  const LoadTable table({program("p", {"a"}), program("q", {"b"}), library("a"),
                         library("b"), library("c")});
  std::vector<PlacedImage> images = {
      image(2, "a", 0x3000), image(3, "b", 0x3000), image(4, "c", 0x1000)};
  images[0].base = images[1].base = 0x41000000;
  images[2].base = 0x41003000;
  EXPECT_EQ(verdict(table, images), "");
  images[2].base = 0x41002000;
  EXPECT_EQ(verdict(table, images),
            "internal error: lib/a at 0x41000000 to 0x41003000 and lib/c at "
            "0x41002000 to 0x41003000 would overlap, and they may be loaded "
            "together");
  images[0].kept = images[0].base;
  images[2].kept = images[2].base;
  EXPECT_EQ(verdict(table, images),
            "lib/a at 0x41000000 to 0x41003000 and lib/c at 0x41002000 to "
            "0x41003000 overlap, and they may be loaded together "
            "(--random-base gives the set other addresses)");
  // Processes are of one machine.
  images[2].machine = &machine(true);
  EXPECT_EQ(verdict(table, images), "");
}
