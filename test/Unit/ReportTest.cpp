#include "Report/Report.h"
#include "Process/LoaderStatistics.h"
#include "Process/MeasuredProcess.h"
#include "Process/ProcessMemory.h"
#include "Report/Gate.h"
#include "Report/Print.h"
#include "Report/ReadJson.h"
#include "Report/Verdict.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
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
  printHtml(document, {}, stream);
  return out;
}

static std::string jsonOf(ArrayRef<Document> documents) {
  std::string out;
  raw_string_ostream stream(out);
  printJson(documents, stream);
  return out;
}

static std::string textOf(ArrayRef<Document> documents,
                          const TextOptions &options = {}) {
  std::string out;
  raw_string_ostream stream(out);
  printText(documents, options, stream);
  return out;
}

/// All that a document can have.
static Document everything() {
  Document out = sample();
  out.addFact("share", "Share", 50.0, Unit::Percent);
  out.addFact("time", "Time", 1.5, Unit::Milliseconds);
  out.addFact("unknown", "Unknown", {}, Unit::Count);
  out.addFact("truth", "Truth", true);
  out.summary = {"worse   a", "ok   b"};
  out.remarks = {"a remark"};
  out.warnings = {"a warning"};
  out.tables[0].costColumn = 1;
  out.tables[0].mostRows = 1;
  out.tables[0].chart = Chart{0, {1}};
  Table detail = out.tables[0];
  detail.key = "detail";
  detail.isDetail = true;
  detail.chart.reset();
  out.tables.push_back(detail);
  return out;
}

// A report that is read from JSON is the one that was written, in every format.
TEST(ReadJson, IsWhatWasWritten) {
  const Document written[] = {everything(), sample()};
  const std::vector<Document> read = cantFail(readReports(jsonOf(written)));
  EXPECT_EQ(jsonOf(read), jsonOf(written));
  EXPECT_EQ(textOf(read), textOf(written));
  EXPECT_EQ(textOf(read, {.details = true}),
            textOf(written, {.details = true}));
  EXPECT_EQ(htmlOf(read[0]), htmlOf(written[0]));
  EXPECT_EQ(changesOf(read[0], written[0]), "");
  EXPECT_EQ(read[0].warnings, written[0].warnings);
}

// The file may be anybody's: each thing that is wrong is an error, with its
// place.
TEST(ReadJson, RefusesWhatIsWrong) {
  const std::string good = jsonOf(everything());
  const auto failure = [](StringRef text) {
    Expected<std::vector<Document>> read = readReports(text);
    return read ? std::string("none") : toString(read.takeError());
  };
  EXPECT_EQ(failure("[]"), "not a report of objprelink-report");
  EXPECT_EQ(failure("{"), "it is not JSON: [1:1, byte=1]: Expected object key");
  const std::tuple<const char *, const char *, const char *> cases[] = {
      {"\"version\": 1", "\"version\": 2", "another version"},
      {"\"reports\": [", "\"others\": [", "is not an array"},
      {"\"kind\": \"image\"", "\"kind\": 1", "reports[0].kind"},
      {"\"remarks\": [", "\"remarks\": 1, \"x\": [", "reports[0].remarks"},
      {"\"unit\": \"count\"", "\"unit\": \"score\"", "unknown unit"},
      {"\"cost\": \"count\"", "\"cost\": \"none\"", "names no column"},
      {"\"label\": \"section\"", "\"label\": \"none\"", "no label"},
      {"\"series\": [", "\"series\": [\"none\",", "names no column"},
      {"\"size\": 4096", "\"size\": [1]", "reports[0].facts.size"},
      {"\"count\": 1200", "\"count\": {}",
       "reports[0].tables.sections[0].count"},
      {"\"facts\": {", "\"x\": {", "are not objects"},
      {"\"columns\": [", "\"columns\": [], \"x\": [", "without columns"},
      {"\"layout\": {", "\"x\": {", "layout"}};
  for (const auto &[from, to, message] : cases) {
    std::string changed = good;
    const size_t at = changed.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    changed.replace(at, strlen(from), to);
    EXPECT_TRUE(StringRef(failure(changed)).contains(message))
        << to << ": " << failure(changed);
  }
}

static std::string verdictOf(const std::vector<std::string> &limits,
                             const Document *before, const Document &now) {
  std::vector<Limit> parsed;
  for (const std::string &limit : limits) {
    Expected<Limit> one = parseLimit(limit);
    if (!one)
      return toString(one.takeError());
    parsed.push_back(std::move(*one));
  }
  Document out = now;
  Expected<bool> holds = checkLimits(parsed, before, now, out);
  if (!holds)
    return toString(holds.takeError());
  return (*holds ? "holds" : "exceeded") + ("|" + join(out.summary, "|"));
}

TEST(Gate, Limits) {
  Document now = sample();
  now.addFact("look_ups", "Look-ups", uint64_t(110), Unit::Count);
  Document old = sample();
  old.addFact("look_ups", "Look-ups", uint64_t(100), Unit::Count);
  now.tables[0].key = "relocations";
  now.tables[0].columns[1].key = "look_ups";
  EXPECT_EQ(verdictOf({"look-ups=110"}, nullptr, now),
            "holds|ok   look-ups: 110, at most 110");
  EXPECT_EQ(verdictOf({"size=5000", "look_ups=109"}, nullptr, now),
            "exceeded|OVER look-ups: 110, at most 109, 1 too many: .data "
            "1,200, .got 4, .got 3|ok   size: 4,096, at most 5,000");
  EXPECT_EQ(verdictOf({"look-ups=+10%"}, &old, now),
            "holds|ok   look-ups: 110, at most 110 (+10%)");
  EXPECT_TRUE(
      StringRef(verdictOf({"look-ups=+9"}, &old, now))
          .starts_with("exceeded|OVER look-ups: 110, at most 109 (+9)"));
  EXPECT_EQ(verdictOf({"look-ups=+0"}, nullptr, now),
            "a.so: look-ups has no baseline: the report is new");
  EXPECT_EQ(verdictOf({"lookups=1"}, nullptr, now),
            "a.so: no count lookups in the report on a file of this kind, "
            "image; did you mean look-ups? It can be size, look-ups");
  // A name is no count.
  EXPECT_TRUE(StringRef(verdictOf({"soname=1"}, nullptr, now))
                  .starts_with("a.so: no count soname"));
  now.facts.back().value = Value();
  EXPECT_EQ(verdictOf({"look-ups=1"}, nullptr, now),
            "a.so: look-ups is not known");
  for (const char *wrong : {"", "=", "look-ups", "look-ups=", "look-ups=x",
                            "look-ups=-1", "=4", "look-ups=5%", "a=+", "a=+%"})
    EXPECT_TRUE(
        StringRef(verdictOf({wrong}, &old, now)).contains("is no limit"))
        << wrong;
}

// Runs say which arm is faster only where chance would hardly say the same.
TEST(Verdict, Times) {
  const std::vector<double> plain(10, 100);
  std::vector<double> other = {80, 81, 82, 83, 84, 85, 86, 87, 88, 89};
  EXPECT_EQ(compareTimes("new", other, plain),
            "better  with new: 15.5 % faster; spread 2.5 %; 10 runs");
  EXPECT_EQ(compareTimes("new", plain, other),
            "worse   with new: 18.3 % slower; spread 3.5 %; 10 runs");
  // Two of ten disagree.
  other[0] = other[1] = 130;
  EXPECT_EQ(
      compareTimes("new", other, plain),
      "same    with new: no difference that can be told from chance (13.5 "
      "% faster; spread 2.5 %; 10 runs)");
  // Too few runs, however sure they are.
  EXPECT_TRUE(StringRef(compareTimes("new", {50, 50, 50, 50, 50},
                                     {100, 100, 100, 100, 100}))
                  .starts_with("same"));
  EXPECT_TRUE(StringRef(compareTimes("new", plain, plain)).starts_with("same"));
}

// At most eight lines, the costs by their weight first.
TEST(Compare, Summary) {
  Document old = sample(), now = sample();
  now.facts[1].value = std::string("other");
  EXPECT_EQ(cantFail(compareDocuments(old, now)).summary,
            std::vector<std::string>{"changed Name: liba.so.1 -> other"});
  const auto add = [&](const char *key, uint64_t was, uint64_t is) {
    old.addFact(key, key, was, Unit::Count);
    now.addFact(key, key, is, Unit::Count);
  };
  add("dirty_pages", 100, 119);
  add("look_ups", 1000, 995);
  const std::vector<std::string> three = {
      "better  look_ups: 1,000 -> 995 (-0.5 %)",
      "worse   dirty_pages: 100 -> 119 (+19 %)",
      "changed Name: liba.so.1 -> other"};
  EXPECT_EQ(cantFail(compareDocuments(old, now)).summary, three);
  for (const char *key : {"a", "b", "c", "d", "e", "f", "g"})
    add(key, 0, 1);
  const std::vector<std::string> all =
      cantFail(compareDocuments(old, now)).summary;
  ASSERT_EQ(all.size(), 8u);
  EXPECT_EQ(all[7], "        and 3 other changes");
  Document rows = sample();
  rows.tables[0].rows[0][1] = uint64_t(1);
  EXPECT_EQ(
      cantFail(compareDocuments(sample(), rows)).summary,
      std::vector<std::string>{"same    every count; 1 rows of tables differ"});
}

// What a rewrite would make of either file is no difference between them.
TEST(Compare, LeavesPredictionsOut) {
  for (const char *key : {"what_if", "rewrites"}) {
    Document old = sample();
    old.tables[0].key = key;
    Document now = old;
    now.tables[0].rows[0][1] = uint64_t(1);
    EXPECT_EQ(changesOf(old, now), "");
  }
}

TEST(Compare, PairsByName) {
  std::vector<Document> old(2, sample()), now(2, sample());
  old[0].name = "old/a.so";
  old[1].name = "old/b.so";
  now[0].name = "new/b.so";
  now[1].name = "new/c.so";
  std::vector<std::string> unpaired;
  const std::vector<ReportPair> pairs = pairReports(old, now, unpaired);
  ASSERT_EQ(pairs.size(), 2u);
  EXPECT_EQ(pairs[0].before, &old[1]);
  EXPECT_EQ(pairs[1].before, nullptr);
  const std::vector<std::string> said = {
      "new/c.so: there is no older report on it",
      "old/a.so: there is no newer report on it"};
  EXPECT_EQ(unpaired, said);
}

// Nothing is lost where a terminal is narrow: no line is wider, all words are
// there, and columns without a place are named.
TEST(Text, FollowsTheWidth) {
  Document document = sample();
  document.remarks = {"a remark of several words that goes on and on and on"};
  document.tables[0].rows[0][0] =
      std::string(".data.with_a_name_that_is_long and more words in it");
  for (const char *title : {"first other", "second other", "third other"})
    document.tables[0].columns.push_back({title, title, Unit::Count});
  for (std::vector<Value> &row : document.tables[0].rows)
    row.resize(6, uint64_t(123456));
  const std::string wide = textOf(document);
  const std::string narrow = textOf(document, {.width = 60});
  for (StringRef line : split(narrow, '\n'))
    EXPECT_LE(line.size(), 60u) << line.str();
  EXPECT_TRUE(StringRef(narrow).contains("no room for: third other"));
  EXPECT_FALSE(StringRef(wide).contains("no room for"));
  for (const char *word : {"several", "on and on", "words", "long"})
    EXPECT_TRUE(StringRef(narrow).contains(word)) << narrow;
}

// The largest rows first, and the rest for who asks; programs get all in order.
TEST(Text, SortsByCost) {
  Document document = sample();
  document.tables[0].columns[1].unit = Unit::Count;
  document.tables[0].costColumn = 1;
  std::swap(document.tables[0].rows[0], document.tables[0].rows[1]);
  document.tables[0].mostRows = 1;
  const std::string text = textOf(document);
  EXPECT_LT(text.find(".data"), text.find("and 2 more (-v)"));
  EXPECT_EQ(text.find(".got"), std::string::npos);
  const std::string all = textOf(document, {.details = true});
  EXPECT_LT(all.find(".data"), all.find(".got"));
  const std::string json = jsonOf(document);
  EXPECT_GT(json.find("\".data\""), json.find("\".got\""));
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
  // The page's own is behind all names.
  EXPECT_EQ(occurrences(page, "<script"), 1u);
  EXPECT_GT(page.find("<script"), page.rfind("</section>"));
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
  EXPECT_EQ(all.relocationCycles, 121u);
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
