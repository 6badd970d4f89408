#include "Print.h"
#include "Binding/TableStore.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace objprelink {

/// How many files, or notes, are shown before the rest is a number.
static constexpr size_t kShown = 6;

static std::string percent(uint64_t part, uint64_t whole) {
  return whole ? formatv("{0:F1} %", 100.0 * part / whole).str() : "0 %";
}

template <class T, class Print>
static void printSome(ArrayRef<T> all, bool isAll, raw_ostream &out,
                      Print print) {
  const size_t shown = isAll || all.size() <= kShown ? all.size() : kShown - 1;
  for (const T &one : all.take_front(shown))
    print(one);
  if (shown < all.size())
    out << formatv("               and {0} more\n", all.size() - shown);
}

static const char *const kRow = "  {0,-12} {1}\n";

static void printGain(const Prediction &prediction, raw_ostream &out) {
  const auto row = [&](StringRef name, const Twine &text) {
    out << formatv(kRow, name, text.str());
  };
  if (prediction.noTable.empty()) {
    row("gain",
        formatv("{0:N} symbol look-ups before main become {1:N} ({2}), by a "
                "table of {3} of {4} objects",
                prediction.lookUps, prediction.byTable,
                percent(prediction.byTable, prediction.lookUps),
                prediction.bound, prediction.libraries));
    row("libraries",
        formatv(
            "no copies: rewritten, they would save {0:N} look-ups, and {1:N} "
            "beside the table",
            prediction.savedByRewrite, prediction.savedBeside));
    row("memory",
        formatv("as it is: relocations make {0:N} pages private either way",
                prediction.pages));
    row("hardening", "as it is: BIND_NOW, RELRO and random addresses stay");
    return;
  }
  row("gain", "none: " + prediction.noTable);
  row("libraries",
      formatv("no copies, which no loader takes for one program alone; they "
              "would save {0:N} of {1:N} look-ups",
              prediction.savedByRewrite, prediction.lookUps));
}

void printPlan(const Places &places, const ProgramPlan &plan,
               raw_ostream &out) {
  const Entry &entry = plan.entry.entry;
  const Prediction &prediction = plan.prediction;
  out << plan.name << ": " << entry.program << "\n";
  if (!entry.via.empty())
    out << formatv(kRow, "started by", join(entry.via, ", "));
  printGain(prediction, out);
  if (!prediction.noTable.empty())
    return;
  out << formatv(kRow, "changes", "no file that is installed");
  out << formatv("  {0,-12} {1}  {2:N} bytes\n", "writes",
                 places.tableOf(entry.name), prediction.tableBytes);
  printSome(ArrayRef(plan.entry.files), false, out,
            [&](const PlannedFile &file) {
              out << formatv("  {0,-12} {1}\n", "", file.path);
            });
  printSome(
      ArrayRef(plan.entry.notes), false, out,
      [&](const std::string &note) { out << formatv(kRow, "left out", note); });
}

static void printList(json::OStream &out, StringRef key,
                      ArrayRef<std::string> values) {
  out.attributeArray(key, [&] {
    for (const std::string &value : values)
      out.value(json::fixUTF8(value));
  });
}

void printPrediction(const Prediction &prediction, json::OStream &out) {
  if (!prediction.noTable.empty())
    out.attribute("no_table", prediction.noTable);
  out.attribute("objects", prediction.libraries);
  out.attribute("bound", prediction.bound);
  out.attribute("look_ups", prediction.lookUps);
  out.attribute("look_ups_by_table", prediction.byTable);
  out.attribute("saved_by_rewrite", prediction.savedByRewrite);
  out.attribute("saved_by_rewrite_beside", prediction.savedBeside);
}

void printPlan(const Places &places, const ProgramPlan &plan,
               json::OStream &out) {
  const Entry &entry = plan.entry.entry;
  const Prediction &prediction = plan.prediction;
  out.object([&] {
    out.attribute("name", entry.name);
    out.attribute("program", entry.program);
    printList(out, "via", entry.via);
    printPrediction(prediction, out);
    out.attribute("private_pages", prediction.pages);
    out.attribute("table_bytes", prediction.tableBytes);
    out.attributeArray("writes", [&] {
      out.value(places.tableOf(entry.name));
      for (const PlannedFile &file : plan.entry.files)
        out.value(file.path);
    });
    printList(out, "left_out", plan.entry.notes);
  });
}

/// The table of an entry, if it can be read.
static std::optional<TableFile> openTable(const Places &places,
                                          const Entry &entry) {
  Expected<TableFile> table = TableFile::open(places.tableOf(entry.name));
  if (table)
    return std::move(*table);
  consumeError(table.takeError());
  return std::nullopt;
}

void printState(const Places &places, const EntryState &state, bool details,
                raw_ostream &out) {
  const Entry &entry = state.entry;
  const std::optional<TableFile> table = openTable(places, entry);
  const PreboundStarts starts = countStarts(places.tableOf(entry.name));
  out << formatv("{0}: {1}, {2}", entry.name, entry.program,
                 state.problems.empty() ? "current" : "out of date");
  if (table)
    out << formatv(
        ", {0} objects, {1} plugins, {2} bytes, {3} starts by it, {4} "
        "that it did not fit",
        table->table.objectCount, table->table.header->groups.count,
        table->size(), starts.used, starts.refused);
  out << formatv(", {0} desktop entries\n", entry.desktop.size());
  if (details)
    for (const std::string &problem : state.problems)
      out << "  " << problem << "\n";
}

void printState(const Places &places, const EntryState &state,
                json::OStream &out) {
  const Entry &entry = state.entry;
  const std::optional<TableFile> table = openTable(places, entry);
  const PreboundStarts starts = countStarts(places.tableOf(entry.name));
  out.object([&] {
    out.attribute("name", entry.name);
    out.attribute("program", entry.program);
    printList(out, "paths", entry.paths);
    printList(out, "via", entry.via);
    out.attribute("current", state.problems.empty());
    printList(out, "problems", state.problems);
    out.attribute("table", places.tableOf(entry.name));
    if (table) {
      out.attribute("objects", table->table.objectCount);
      out.attribute("plugins", table->table.header->groups.count);
      out.attribute("table_bytes", table->size());
      out.attribute("starts", starts.used);
      out.attribute("starts_refused", starts.refused);
    }
    out.attributeArray("launchers", [&] {
      for (const Launcher &launcher : entry.launchers)
        out.value(places.launcherOf(launcher.name));
    });
    out.attributeArray("desktop", [&] {
      for (const DesktopCopy &copy : entry.desktop)
        out.value(copy.copy);
    });
  });
}

} // namespace objprelink
