//===- WhatIfTest.cpp - what is predicted is what comes -------------------===//
//
// For each image and each rewrite of the what-if table: the report on the file
// that the rewrite makes says what the report on the old file has predicted, in
// every column.
//
//===----------------------------------------------------------------------===//

#include "Report/WhatIf.h"
#include "ELF/ImageReader.h"
#include "ImageRewriter/RewriteImage.h"
#include "Report/Report.h"
#include "Support/Diagnostics.h"
#include "Support/InputFile.h"
#include "WithVTable.h"
#include "llvm/Support/FileSystem.h"
#include <gtest/gtest.h>

using namespace llvm;
using namespace objprelink;

static Value factOf(const Document &document, StringRef key) {
  for (const Fact &fact : document.facts)
    if (fact.key == key)
      return fact.value;
  return {};
}

/// The sum of \p column over the rows of \p table for which \p wants.
static uint64_t sum(const Document &document, StringRef table, size_t column,
                    function_ref<bool(ArrayRef<Value>)> wants) {
  uint64_t out = 0;
  if (const Table *found = document.table(table))
    for (const std::vector<Value> &row : found->rows)
      if (wants(row))
        out += std::get<uint64_t>(row[column]);
  return out;
}

/// What a report says of its file, by the columns of a what-if table.
static std::map<std::string, Value> measured(const Document &document) {
  const auto isCause = [](StringRef cause) {
    return [cause](ArrayRef<Value> row) {
      return std::get<std::string>(row[0]) == cause;
    };
  };
  const auto isSlot = [](ArrayRef<Value> row) {
    return StringRef(std::get<std::string>(row[1])).ends_with("JUMP_SLOT") ||
           StringRef(std::get<std::string>(row[1])).ends_with("JUMP_SLO");
  };
  std::map<std::string, Value> out;
  out["look_ups"] = factOf(document, "look_ups");
  out["cached"] = factOf(document, "look_ups_cached");
  out["pages"] = factOf(document, "dirty_pages");
  out["page_tables"] = factOf(document, "page_tables");
  out["table_bytes"] = sum(document, "tables", 1, [](ArrayRef<Value> row) {
    return StringRef(std::get<std::string>(row[0])).contains("relocations");
  });
  const uint64_t relative =
      sum(document, "relocations", 2, isCause("relative"));
  const uint64_t packed =
      sum(document, "relocations", 2, isCause("packed relative"));
  const uint64_t plt = sum(document, "relocations", 2, isSlot);
  out["relative"] = relative;
  out["packed"] = packed;
  out["plt"] = plt;
  out["others"] =
      sum(document, "relocations", 2, [](ArrayRef<Value>) { return true; }) -
      relative - packed - plt -
      sum(document, "relocations", 2, isCause("relative, done in the file"));
  return out;
}

/// Returns how many rewrites of \p bytes there were to compare with.
static unsigned comparePredictions(Bytes bytes, const std::string &name) {
  Expected<Document> before = reportBytes(bytes);
  if (!before) {
    consumeError(before.takeError());
    return 0;
  }
  const Table *predicted = before->table("what_if");
  if (!predicted)
    return 0;
  unsigned compared = 0;
  for (auto [scenario, row] : zip_equal(scenarios(), predicted->rows)) {
    if (scenario.symbolicFunctions || !scenario.rewrite.isAny())
      continue;
    Diagnostics ignored;
    Expected<RewrittenImage> made =
        rewriteImage(bytes, configOf(scenario.rewrite), ignored);
    if (!made) {
      consumeError(made.takeError());
      continue;
    }
    if (!made->contents)
      continue;
    Expected<Document> after = reportBytes(made->contents->flatten());
    EXPECT_TRUE(bool(after)) << name << ": " << toString(after.takeError());
    if (!after)
      continue;
    ++compared;
    std::map<std::string, Value> is = measured(*after);
    for (auto [column, value] : zip_equal(predicted->columns, row)) {
      const auto it = is.find(column.key);
      if (it == is.end())
        continue;
      EXPECT_EQ(toText(value, Unit::Count), toText(it->second, Unit::Count))
          << name << ": " << scenario.key.str() << ": " << column.key;
    }
  }
  return compared;
}

TEST(WhatIf, IsWhatTheReportSaysOfDrawnImages) {
  unsigned compared = 0;
  for (const bool bindNow : {false, true})
    for (const bool withPlt : {true, false}) {
      const auto add = [&](auto image, const std::string &name) {
        if (bindNow)
          image.dynamic.push_back({ELF::DT_FLAGS, ELF::DF_BIND_NOW});
        if (!withPlt)
          image.withoutPltOfF();
        compared += comparePredictions(image.write(), name);
      };
      add(WithVTable<object::ELF64LE>(), "64");
      add(WithVTable<object::ELF32LE>(), "32");
    }
  EXPECT_GE(compared, 16u);
}

TEST(WhatIf, IsWhatTheReportSaysOfTheCorpus) {
  unsigned compared = 0;
  for (const char *folder : {"/image", "/report", "/undo"}) {
    std::error_code ec;
    std::vector<std::string> paths;
    for (sys::fs::directory_iterator
             it(std::string(OBJPRELINK_CORPUS) + folder, ec),
         end;
         it != end && !ec; it.increment(ec))
      paths.push_back(it->path());
    ASSERT_FALSE(ec) << ec.message();
    llvm::sort(paths);
    for (const std::string &path : paths) {
      Expected<InputFile> file = InputFile::open(path);
      ASSERT_TRUE(bool(file)) << toString(file.takeError());
      compared += comparePredictions(file->bytes(), path);
    }
  }
  EXPECT_GE(compared, 100u);
}
