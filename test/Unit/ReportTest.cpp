#include "Report/Report.h"
#include "Process/LoaderStatistics.h"
#include "Process/MeasuredProcess.h"
#include "Process/ProcessMemory.h"
#include "Report/Print.h"
#include <csignal>
#include <gtest/gtest.h>
#include <thread>

using namespace objprelink;
using namespace llvm;

static Document sample() {
  Document out;
  out.kind = "image";
  out.name = "a.so";
  out.addFact("size", "Size", uint64_t(4096), Unit::Bytes);
  out.addFact("soname", "Name", std::string("liba.so.1"));
  Table table;
  table.key = "sections";
  table.title = "Sections";
  table.columns = {{"section", "Section", Unit::None},
                   {"count", "Count", Unit::Count},
                   {"start", "Start", Unit::Address}};
  table.addRow({std::string(".data"), uint64_t(1200), uint64_t(0x1000)});
  table.addRow({std::string(".got"), uint64_t(3), uint64_t(0x2000)});
  table.addRow({std::string(".got"), uint64_t(4), uint64_t(0x3000)});
  out.tables.push_back(table);
  return out;
}

static std::string changesOf(const Document &before, const Document &after) {
  const Document difference = cantFail(compareDocuments(before, after));
  std::string out;
  for (const std::vector<Value> &row : difference.table("changes")->rows) {
    for (const auto &[value, column] :
         zip_equal(row, difference.table("changes")->columns))
      out += toText(value, column.unit) + "|";
    out += "\n";
  }
  return out;
}

TEST(Compare, NothingDiffers) {
  const Document same = cantFail(compareDocuments(sample(), sample()));
  EXPECT_EQ(same.kind, "comparison");
  EXPECT_EQ(same.name, "a.so -> a.so");
  EXPECT_TRUE(same.table("changes")->rows.empty());
  EXPECT_EQ(same.remarks, std::vector<std::string>{"nothing differs"});
}

// Only what differs; an address is no number to subtract.
TEST(Compare, Values) {
  Document now = sample();
  now.facts[0].value = uint64_t(1024);
  now.facts[1].value = std::string("liba.so.2");
  now.tables[0].rows[0][1] = uint64_t(2400);
  now.tables[0].rows[2][2] = uint64_t(0x3008);
  EXPECT_EQ(changesOf(sample(), now),
            "Size|-|4,096|1,024|-3,072|-|-|size|\n"
            "Name|-|liba.so.1|liba.so.2|-|-|-|soname|\n"
            "Sections: .data|Count|1,200|2,400|+1,200|sections|.data|count|\n"
            "Sections: .got|Start|0x3000|0x3008|-|sections|.got|start|\n");
}

// A row that one side lacks counts as nothing there.
TEST(Compare, MissingRows) {
  Document now = sample();
  now.tables[0].rows.erase(now.tables[0].rows.begin());
  now.tables[0].addRow({std::string(".bss"), uint64_t(0), uint64_t(0)});
  EXPECT_EQ(changesOf(sample(), now),
            "Sections: .data|Count|1,200|-|-1,200|sections|.data|count|\n"
            "Sections: .bss|Section|-|.bss|-|sections|.bss|section|\n");
  now.tables.clear();
  EXPECT_EQ(changesOf(now, sample()),
            "Sections: .data|Count|-|1,200|+1,200|sections|.data|count|\n"
            "Sections: .got|Count|-|3|+3|sections|.got|count|\n"
            "Sections: .got|Count|-|4|+4|sections|.got|count|\n");
}

// The second column names a row too where it is text.
TEST(Compare, TwoNames) {
  Document old = sample();
  old.tables[0].columns[1].unit = Unit::None;
  old.tables[0].columns[2].unit = Unit::Bytes;
  for (std::vector<Value> &row : old.tables[0].rows)
    row[1] = "x" + std::to_string(std::get<uint64_t>(row[1]));
  Document now = old;
  std::swap(now.tables[0].rows[1], now.tables[0].rows[2]);
  EXPECT_EQ(changesOf(old, now), "");
  now.tables[0].rows[1][2] = uint64_t(0x3001);
  EXPECT_EQ(
      changesOf(old, now),
      "Sections: .got x4|Start|12,288|12,289|+1|sections|.got x4|start|\n");
}

// Long tables are compared apart, because they are not printed either.
TEST(Compare, Details) {
  Document old = sample();
  old.tables[0].isDetail = true;
  Document now = old;
  now.tables[0].rows[0][1] = uint64_t(1);
  EXPECT_EQ(changesOf(old, now), "");
  const Document difference = cantFail(compareDocuments(old, now));
  EXPECT_TRUE(difference.remarks.empty());
  EXPECT_EQ(difference.table("detail_changes")->rows.size(), 1u);
}

TEST(Compare, OtherKinds) {
  Document now = sample();
  now.kind = "object";
  Expected<Document> difference = compareDocuments(sample(), now);
  ASSERT_FALSE(static_cast<bool>(difference));
  EXPECT_EQ(toString(difference.takeError()),
            "a.so and a.so are not of one kind: image, object");
}

static std::string htmlOf(const Document &document) {
  std::string out;
  raw_string_ostream stream(out);
  printHtml(document, stream);
  return out;
}

static size_t occurrences(StringRef text, StringRef what) {
  return text.count(what);
}

// Names come from hostile files; nothing of them becomes markup.
TEST(Html, Escapes) {
  Document document = sample();
  document.name = "<script>\"'&\x1b[1m\xff\xef\xbf\xbf";
  document.tables[0].title = document.facts[0].title = document.name;
  document.tables[0].columns[0].title = document.name;
  document.tables[0].rows[0][0] = document.name;
  document.tables[0].chart = Chart{0, {1}};
  document.remarks = document.warnings = {document.name};
  const std::string page = htmlOf(document);
  const std::string escaped = "&lt;script&gt;&quot;&#39;&amp;\\x1b[1m"
                              "\xef\xbf\xbd\xef\xbf\xbd";
  EXPECT_EQ(occurrences(page, "<script"), 0u);
  EXPECT_EQ(occurrences(page, "\x1b"), 0u);
  EXPECT_EQ(occurrences(page, escaped), 12u);
}

// The largest rows have bars of their own, the others share one; a table
// whose rows are all nothing has no chart.
TEST(Html, Chart) {
  Document document = sample();
  Table &table = document.tables[0];
  table.chart = Chart{0, {1}};
  EXPECT_EQ(occurrences(htmlOf(document), "<g class=\"bar\">"), 3u);
  for (unsigned i = 0; i < 40; ++i)
    table.addRow({"s" + std::to_string(i), uint64_t(1), uint64_t(0)});
  const std::string page = htmlOf(document);
  EXPECT_EQ(occurrences(page, "<g class=\"bar\">"), 26u);
  EXPECT_EQ(occurrences(page, "<title>18 others: 18</title>"), 1u);
  for (std::vector<Value> &row : table.rows)
    row[1] = {};
  EXPECT_EQ(occurrences(htmlOf(document), "<svg"), 0u);
}

// Nothing but private mappings of files; names may be anything.
TEST(ProcessMemory, Lines) {
  const std::optional<FileMapping> data = parseMapping(
      "7f0000001000-7f0000003000 rw-p 0000a000 fe:00 247134      /a b\\012 c ");
  ASSERT_TRUE(data);
  EXPECT_EQ(data->start, 0x7f0000001000u);
  EXPECT_EQ(data->end, 0x7f0000003000u);
  EXPECT_EQ(data->offset, 0xa000u);
  EXPECT_EQ(data->inode, 247134u);
  EXPECT_TRUE(data->isWritable);
  EXPECT_FALSE(data->isExecutable);
  EXPECT_EQ(data->path, "/a b\\012 c ");
  for (const char *line :
       {"", " ", "1000-2000", "1000-2000 r--p", "1000-2000 r--s 0 0:0 1 /a",
        "1000-2000 r--p 0 0:0 0 ", "1000-2000 rw-p 0 0:0 0 [heap]",
        "1000-2000 rw-p 0 0:0 x /a", "2000-1000 rw-p 0 0:0 1 /a",
        "1000-2001 rw-p 0 0:0 1 /a", "1000-2000 r 0 0:0 1 /a",
        "0-fffffffffffff000 rw-p 1000 0:0 1 /a",
        "10000000000000000-2000 rw-p 0 0:0 1 /a"})
    EXPECT_FALSE(parseMapping(line)) << line;
}

// A process that has become another program has written twice.
TEST(LoaderStatistics, Parse) {
  const StringRef first =
      "     12:\t\n     12:\truntime linker statistics:\n"
      "     12:\t  total startup time in dynamic loader: 85308 cycles\n"
      "     12:\t            time needed for relocation: 121 cycles (14.2%)\n"
      "     12:\t                 number of relocations: 87\n"
      "     12:\t      number of relocations from cache: 7\n"
      "     12:\t        number of relative relocations: 16\n"
      "     12:\t           time needed to load objects: 140 cycles (16.4%)\n"
      "     12:\t\n     12:\truntime linker statistics:\n"
      "     12:\t           final number of relocations: 88\n"
      "     12:\tfinal number of relocations from cache: 9\n";
  const LoaderStatistics all = parseLoaderStatistics(first);
  EXPECT_EQ(all.cycles, 85308u);
  EXPECT_EQ(all.lookUps, 87u);
  EXPECT_EQ(all.cached, 7u);
  EXPECT_EQ(all.relative, 16u);
  EXPECT_EQ(all.finalLookUps, 88u);
  EXPECT_EQ(all.finalCached, 9u);
  const LoaderStatistics last = parseLoaderStatistics(
      first.str() + "12:  total startup time in dynamic loader: 9 cycles\n"
                    "12: number of relocations: 5");
  EXPECT_EQ(last.lookUps, 5u);
  EXPECT_FALSE(last.cached);
  EXPECT_FALSE(last.finalLookUps);
  for (const char *text : {"", "\n", ":", "::", "1: number of relocations: x",
                           "number of relocations: 5",
                           "1: number of relocations: 99999999999999999999"})
    EXPECT_FALSE(parseLoaderStatistics(text).lookUps) << text;
}

static volatile sig_atomic_t hungUp = 0;

// The signal ends the program first, and then does to us what it would have
// done.
TEST(MeasuredProcess, EndsWhenWeAreAskedTo) {
  struct sigaction action = {}, old;
  action.sa_handler = [](int) { hungUp = 1; };
  sigaction(SIGHUP, &action, &old);
  {
    Interruptible signals;
    raise(SIGHUP);
    Command command;
    command.arguments = {"sleep", "60"};
    Expected<RunResult> result = runToEnd(command, signals);
    ASSERT_FALSE(bool(result));
    EXPECT_EQ(toString(result.takeError()), "interrupted");
    EXPECT_FALSE(hungUp);
  }
  // Another thread may be the one that gets it.
  while (!hungUp)
    std::this_thread::yield();
  sigaction(SIGHUP, &old, nullptr);
}
