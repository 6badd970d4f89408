//===- Compare.cpp - what differs between two documents -------------------===//
//
// Knows nothing of what the documents are about: facts are matched by their
// keys, rows by what they are about. A row that only one document has is set
// against nothing, which is what a library costs that is not loaded.
//
//===----------------------------------------------------------------------===//

#include "Report/ChangeSummary.h"
#include "Report/Report.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Path.h"
#include <map>

using namespace llvm;

namespace objprelink {

/// How many changes people see who do not ask for all.
static constexpr uint32_t kMostChanges = 15;

/// What rows are matched by: their first text columns, and which of those that
/// say the same.
using RowName = std::pair<std::string, uint32_t>;
using Row = std::vector<Value>;

/// How many columns tell the rows of \p table apart.
static size_t keyColumns(const Table &table) {
  return 1 + (table.columns.size() > 1 && !table.rows.empty() &&
              std::holds_alternative<std::string>(table.rows.front()[1]));
}

/// The rows of \p table with their names, in its order.
static std::vector<std::pair<RowName, const Row *>> nameRows(const Table *table,
                                                             size_t keys) {
  std::vector<std::pair<RowName, const Row *>> out;
  StringMap<uint32_t> seen;
  if (!table)
    return out;
  for (const Row &row : table->rows) {
    std::string name = toText(row[0], table->columns[0].unit);
    for (size_t i = 1; i < keys; ++i)
      name += " " + toText(row[i], table->columns[i].unit);
    const uint32_t number = seen[name]++;
    out.push_back({{std::move(name), number}, &row});
  }
  return out;
}

/// Nothing where the values are no numbers; a number that is a name (an
/// address) has no differences.
static Value differenceOf(const Value &before, const Value &after, Unit unit) {
  const std::optional<double> old = numberOf(before), now = numberOf(after);
  if ((!old && !now) || (!old && before.index()) || (!now && after.index()) ||
      unit == Unit::None || unit == Unit::Address)
    return {};
  return now.value_or(0) - old.value_or(0);
}

namespace {
class Comparison {
public:
  Comparison(const Document &before, const Document &after)
      : before(before), after(after) {}
  Document run();

private:
  Table newTable(StringRef key, StringRef title, bool isDetail) const;
  void compareFacts();
  void compareTables(const Table *old, const Table *now);
  void compareRows(const Table &table, StringRef row, const Row *old,
                   const Row *now, size_t keys, Table &changes);

  const Document &before, &after;
  Table changes = newTable("changes", "Changes", false);
  Table details = newTable("detail_changes", "Changes in long tables", true);
};
} // namespace

Table Comparison::newTable(StringRef key, StringRef title,
                           bool isDetail) const {
  Table out;
  out.key = key;
  out.title = title;
  out.isDetail = isDetail;
  out.columns = {{"what", "what", Unit::None},
                 {"column", "column", Unit::None},
                 {"before", "before", Unit::Count},
                 {"after", "after", Unit::Count},
                 {"difference", "difference", Unit::Difference},
                 // For programs, which go by keys.
                 {"table", "", Unit::None},
                 {"row", "", Unit::None},
                 {"key", "", Unit::None}};
  return out;
}

/// A value for a column whose unit is that of counts.
static Value shown(const Value &value, Unit unit) {
  return unit == Unit::Address || unit == Unit::None || unit == Unit::Percent
             ? (value.index() ? Value(toText(value, unit)) : Value())
             : value;
}

void Comparison::compareFacts() {
  const auto add = [&](const Fact &fact, const Value &old, const Value &now) {
    if (old != now)
      changes.addRow({fact.title,
                      {},
                      shown(old, fact.unit),
                      shown(now, fact.unit),
                      differenceOf(old, now, fact.unit),
                      {},
                      {},
                      fact.key});
  };
  const auto find = [](const Document &document, StringRef key) {
    const auto it =
        find_if(document.facts, [&](const Fact &f) { return f.key == key; });
    return it == document.facts.end() ? nullptr : &*it;
  };
  for (const Fact &fact : before.facts) {
    const Fact *now = find(after, fact.key);
    add(fact, fact.value, now ? now->value : Value());
  }
  for (const Fact &fact : after.facts)
    if (!find(before, fact.key))
      add(fact, {}, fact.value);
}

void Comparison::compareRows(const Table &table, StringRef row, const Row *old,
                             const Row *now, size_t keys, Table &to) {
  const std::string what = table.title + ": " + row.str();
  const auto add = [&](const Column &column, const Value &was, const Value &is,
                       Value difference) {
    to.addRow({what, column.title, shown(was, column.unit),
               shown(is, column.unit), std::move(difference), table.key,
               row.str(), column.key});
  };
  bool isSaid = old && now;
  for (size_t i = keys; i < table.columns.size(); ++i) {
    const Column &column = table.columns[i];
    const Value &was = old ? (*old)[i] : Value();
    const Value &is = now ? (*now)[i] : Value();
    const Value difference = differenceOf(was, is, column.unit);
    const double *number = std::get_if<double>(&difference);
    // A missing row counts as nothing: only what it has costs something.
    if (old && now ? was == is : !number || *number == 0)
      continue;
    add(column, was, is, difference);
    isSaid = true;
  }
  if (!isSaid)
    add(table.columns[0], old ? (*old)[0] : Value(), now ? (*now)[0] : Value(),
        {});
}

void Comparison::compareTables(const Table *old, const Table *now) {
  const Table &table = now ? *now : *old;
  // Predictions are no difference between the files. Versions of the program
  // that have other columns are not to be compared.
  if (is_contained({"what_if", "rewrites"}, table.key) ||
      table.columns.empty() ||
      (old && old->columns.size() != table.columns.size()))
    return;
  const size_t keys = std::max(old ? keyColumns(*old) : 1, keyColumns(table));
  Table &to = table.isDetail ? details : changes;
  const auto oldRows = nameRows(old, keys), newRows = nameRows(now, keys);
  std::map<RowName, const Row *> oldByName(oldRows.begin(), oldRows.end());
  std::map<RowName, const Row *> newByName(newRows.begin(), newRows.end());
  const auto find = [](const auto &rows, const RowName &name) {
    const auto it = rows.find(name);
    return it == rows.end() ? nullptr : it->second;
  };
  for (const auto &[name, row] : oldRows)
    compareRows(table, name.first, row, find(newByName, name), keys, to);
  for (const auto &[name, row] : newRows)
    if (!oldByName.contains(name))
      compareRows(table, name.first, nullptr, row, keys, to);
}

Document Comparison::run() {
  compareFacts();
  for (const Table &table : before.tables)
    compareTables(&table, after.table(table.key));
  for (const Table &table : after.tables)
    if (!before.table(table.key))
      compareTables(nullptr, &table);

  Document out;
  out.kind = "comparison";
  out.name = before.name + " -> " + after.name;
  out.addFact("compared", "compared", before.kind);
  for (const Document *document : {&before, &after})
    for (const std::string &warning : document->warnings)
      out.warnings.push_back(document->name + ": " + warning);
  out.summary = summarizeChanges(before, after,
                                 changes.rows.size() + details.rows.size());
  if (changes.rows.empty() && details.rows.empty())
    out.remarks.push_back("nothing differs");
  changes.mostRows = kMostChanges;
  out.tables.push_back(std::move(changes));
  out.tables.push_back(std::move(details));
  return out;
}

std::vector<ReportPair> pairReports(ArrayRef<Document> before,
                                    ArrayRef<Document> after,
                                    std::vector<std::string> &unpaired) {
  if (before.size() == 1 && after.size() == 1)
    return {{&before[0], &after[0]}};
  std::vector<ReportPair> out;
  std::vector<bool> isTaken(before.size());
  for (const Document &now : after) {
    const auto isSame = [&](size_t i, bool byWholeName) {
      return !isTaken[i] &&
             (byWholeName ? before[i].name == now.name
                          : sys::path::filename(before[i].name) ==
                                sys::path::filename(now.name));
    };
    ReportPair pair = {nullptr, &now};
    for (const bool byWholeName : {true, false})
      for (size_t i = 0; i < before.size() && !pair.before; ++i)
        if (isSame(i, byWholeName)) {
          pair.before = &before[i];
          isTaken[i] = true;
        }
    if (!pair.before)
      unpaired.push_back(now.name + ": there is no older report on it");
    out.push_back(pair);
  }
  for (auto [isFound, old] : zip_equal(isTaken, before))
    if (!isFound)
      unpaired.push_back(old.name + ": there is no newer report on it");
  return out;
}

Expected<Document> compareDocuments(const Document &before,
                                    const Document &after) {
  if (before.kind != after.kind)
    return error("{0} and {1} are not of one kind: {2}, {3}", before.name,
                 after.name, before.kind, after.kind);
  return Comparison(before, after).run();
}

} // namespace objprelink
