//===- ReadJson.cpp - reports that were written before --------------------===//
//
// The layout in a report says what its keys are, so that a report is read back
// as what it was. The file may be anybody's: what is not as it should be is an
// error that says where.
//
//===----------------------------------------------------------------------===//

#include "Report/ReadJson.h"
#include "Support/Diagnostics.h"
#include "Support/Json.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace objprelink {

/// A closure with all its look-ups takes some tens of megabytes.
static constexpr size_t kLargest = size_t(256) << 20;

static Error wrong(const json::Path::Root &root) {
  return error("{0}", toString(root.getError()));
}

/// A number that printing has left without a fraction has one here.
static bool isFractional(Unit unit) {
  return unit == Unit::Percent || unit == Unit::Milliseconds ||
         unit == Unit::Ratio || unit == Unit::Difference;
}

static bool readValue(const json::Value &value, Unit unit, json::Path path,
                      Value &out) {
  if (value.kind() == json::Value::Null)
    return true;
  if (const std::optional<bool> truth = value.getAsBoolean()) {
    out = *truth;
  } else if (const std::optional<StringRef> text = value.getAsString()) {
    out = text->str();
  } else if (const std::optional<uint64_t> number = value.getAsUINT64();
             number && !isFractional(unit)) {
    out = *number;
  } else if (const std::optional<double> number = value.getAsNumber()) {
    out = *number;
  } else {
    path.report("expected a number, a text, true, false or null");
    return false;
  }
  return true;
}

namespace {
/// The title and the unit of a fact or a column.
struct Title {
  std::string key, title;
  Unit unit = Unit::None;
};

struct ChartLayout {
  std::string label;
  std::vector<std::string> series;
};

struct TableLayout {
  std::string key, title;
  std::vector<Title> columns;
  bool isDetail = false;
  std::optional<std::string> cost;
  uint64_t mostRows = 0;
  std::optional<ChartLayout> chart;
};

struct Layout {
  std::vector<Title> facts;
  std::vector<TableLayout> tables;
};

// Where LLVM finds them for its vectors of these.
bool fromJSON(const json::Value &value, Title &out, json::Path path) {
  json::ObjectMapper map(value, path);
  std::string unit;
  if (!map || !map.map("key", out.key) || !map.map("title", out.title) ||
      !map.map("unit", unit))
    return false;
  const std::optional<Unit> found = unitOf(unit);
  if (!found)
    path.field("unit").report("unknown unit");
  out.unit = found.value_or(Unit::None);
  return found.has_value();
}

bool fromJSON(const json::Value &value, ChartLayout &out, json::Path path) {
  json::ObjectMapper map(value, path);
  return map && map.map("label", out.label) && map.map("series", out.series);
}

bool fromJSON(const json::Value &value, TableLayout &out, json::Path path) {
  json::ObjectMapper map(value, path);
  return map && map.map("key", out.key) && map.map("title", out.title) &&
         map.map("columns", out.columns) &&
         map.mapOptional("detail", out.isDetail) && map.map("cost", out.cost) &&
         map.mapOptional("most_rows", out.mostRows) &&
         map.map("chart", out.chart);
}

bool fromJSON(const json::Value &value, Layout &out, json::Path path) {
  json::ObjectMapper map(value, path);
  return map && map.map("facts", out.facts) && map.map("tables", out.tables);
}
} // namespace

static std::optional<uint32_t> columnOf(const Table &table, StringRef key) {
  for (auto [index, column] : enumerate(table.columns))
    if (column.key == key)
      return index;
  return std::nullopt;
}

static bool readColumns(const TableLayout &layout, json::Path path,
                        Table &out) {
  out.key = layout.key;
  out.title = layout.title;
  out.isDetail = layout.isDetail;
  out.mostRows = static_cast<uint32_t>(layout.mostRows);
  for (const Title &column : layout.columns)
    out.columns.push_back({column.key, column.title, column.unit});
  const auto fail = [&](StringLiteral what) {
    path.report(what);
    return false;
  };
  if (out.columns.empty())
    return fail("a table without columns");
  if (layout.cost && !(out.costColumn = columnOf(out, *layout.cost)))
    return fail("\"cost\" names no column");
  if (!layout.chart)
    return true;
  const std::optional<uint32_t> label = columnOf(out, layout.chart->label);
  out.chart.emplace();
  for (const std::string &key : layout.chart->series) {
    const std::optional<uint32_t> column = columnOf(out, key);
    if (!column)
      return fail("a series of the chart names no column");
    out.chart->series.push_back(*column);
  }
  if (!label || out.chart->series.empty())
    return fail("the chart has no label or no series");
  out.chart->label = *label;
  return true;
}

static bool readRows(const json::Value &rows, json::Path path, Table &out) {
  const json::Array *array = rows.getAsArray();
  if (!array) {
    path.report("expected an array");
    return false;
  }
  for (auto [index, row] : enumerate(*array)) {
    const json::Object *object = row.getAsObject();
    if (!object) {
      path.index(index).report("expected an object");
      return false;
    }
    std::vector<Value> &values = out.rows.emplace_back(out.columns.size());
    for (auto [column, value] : zip_equal(out.columns, values))
      if (const json::Value *found = object->get(column.key))
        if (!readValue(*found, column.unit, path.index(index).field(column.key),
                       value))
          return false;
  }
  return true;
}

static bool fromJSON(const json::Value &value, Document &out, json::Path path) {
  json::ObjectMapper map(value, path);
  Layout layout;
  if (!map || !map.map("kind", out.kind) || !map.map("name", out.name) ||
      !map.map("layout", layout) || !map.mapOptional("summary", out.summary) ||
      !map.map("remarks", out.remarks) || !map.map("warnings", out.warnings))
    return false;
  const json::Object &object = *value.getAsObject();
  const json::Object *facts = object.getObject("facts");
  const json::Object *tables = object.getObject("tables");
  if (!facts || !tables) {
    path.report("\"facts\" and \"tables\" are not objects");
    return false;
  }
  for (const Title &title : layout.facts) {
    Fact &fact = out.facts.emplace_back();
    fact.key = title.key;
    fact.title = title.title;
    fact.unit = title.unit;
    if (const json::Value *found = facts->get(title.key))
      // The path refers to the name until the error is made of it.
      if (!readValue(*found, title.unit, path.field("facts").field(fact.key),
                     fact.value))
        return false;
  }
  for (auto [index, table] : enumerate(layout.tables)) {
    Table &read = out.tables.emplace_back();
    if (!readColumns(table, path.field("layout").field("tables").index(index),
                     read))
      return false;
    if (const json::Value *rows = tables->get(table.key))
      if (!readRows(*rows, path.field("tables").field(read.key), read))
        return false;
  }
  return true;
}

bool looksLikeJson(StringRef text) {
  return text.ltrim().starts_with("{");
}

Expected<std::vector<Document>> readReports(StringRef text) {
  Expected<json::Value> value = parseJson(text, kLargest);
  if (!value)
    return value.takeError();
  const json::Object *object = value->getAsObject();
  if (!object || object->getString("schema") != "objprelink-report")
    return error("not a report of objprelink-report");
  if (object->getInteger("version") != 1)
    return error("a report of another version than 1");
  const json::Array *reports = object->getArray("reports");
  if (!reports)
    return error("\"reports\" is not an array");
  json::Path::Root root("report");
  std::vector<Document> out;
  for (auto [index, report] : enumerate(*reports))
    if (!fromJSON(report, out.emplace_back(),
                  json::Path(root).field("reports").index(index)))
      return wrong(root);
  return out;
}

} // namespace objprelink
