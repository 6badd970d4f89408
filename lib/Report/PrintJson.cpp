//===- PrintJson.cpp - documents for programs -----------------------------===//

#include "Report/Print.h"
#include "Report/ReadJson.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/JSON.h"

using namespace llvm;

namespace objprelink {

/// Grows when the meaning of a key changes or a key goes; new keys may come at
/// any time.
static constexpr int kSchemaVersion = 1;

static json::Value toJson(const Value &value) {
  if (const uint64_t *number = std::get_if<uint64_t>(&value))
    return *number;
  if (const double *number = std::get_if<double>(&value))
    return *number;
  // Names in files may be no UTF-8 at all.
  if (const std::string *text = std::get_if<std::string>(&value))
    return json::isUTF8(*text) ? *text : json::fixUTF8(*text);
  if (const bool *truth = std::get_if<bool>(&value))
    return *truth;
  return nullptr;
}

static void printTable(const Table &table, json::OStream &out) {
  out.attributeArray(table.key, [&] {
    for (const std::vector<Value> &row : table.rows)
      out.object([&] {
        for (auto [value, column] : zip_equal(row, table.columns))
          out.attribute(column.key, toJson(value));
      });
  });
}

static void printLines(StringRef key, ArrayRef<std::string> lines,
                       json::OStream &out) {
  out.attributeArray(key, [&] {
    for (const std::string &line : lines)
      out.value(toJson(line));
  });
}

/// The values of Unit, in its order.
static constexpr StringLiteral kUnits[] = {
    "",        "count",        "bytes", "pages",     "address",
    "percent", "milliseconds", "ratio", "difference"};

std::optional<Unit> unitOf(StringRef name) {
  for (auto [index, unit] : enumerate(kUnits))
    if (unit == name)
      return static_cast<Unit>(index);
  return std::nullopt;
}

static void printTitle(StringRef key, StringRef title, Unit unit,
                       json::OStream &out) {
  out.object([&] {
    out.attribute("key", key);
    out.attribute("title", title);
    out.attribute("unit", kUnits[static_cast<unsigned>(unit)]);
  });
}

static void printTableLayout(const Table &table, json::OStream &out) {
  const auto keyOf = [&](uint32_t column) {
    return StringRef(table.columns[column].key);
  };
  out.object([&] {
    out.attribute("key", table.key);
    out.attribute("title", table.title);
    out.attributeArray("columns", [&] {
      for (const Column &column : table.columns)
        printTitle(column.key, column.title, column.unit, out);
    });
    if (table.isDetail)
      out.attribute("detail", true);
    if (table.costColumn)
      out.attribute("cost", keyOf(*table.costColumn));
    if (table.mostRows)
      out.attribute("most_rows", table.mostRows);
    if (table.chart)
      out.attributeObject("chart", [&] {
        out.attribute("label", keyOf(table.chart->label));
        out.attributeArray("series", [&] {
          for (const uint32_t column : table.chart->series)
            out.value(keyOf(column));
        });
      });
  });
}

/// What makes a report of it again: titles, units and the order of everything.
static void printLayout(const Document &document, json::OStream &out) {
  out.attributeObject("layout", [&] {
    out.attributeArray("facts", [&] {
      for (const Fact &fact : document.facts)
        printTitle(fact.key, fact.title, fact.unit, out);
    });
    out.attributeArray("tables", [&] {
      for (const Table &table : document.tables)
        printTableLayout(table, out);
    });
  });
}

static void printDocument(const Document &document, json::OStream &out) {
  out.object([&] {
    out.attribute("kind", document.kind);
    out.attribute("name", toJson(document.name));
    out.attributeObject("facts", [&] {
      for (const Fact &fact : document.facts)
        out.attribute(fact.key, toJson(fact.value));
    });
    out.attributeObject("tables", [&] {
      for (const Table &table : document.tables)
        printTable(table, out);
    });
    printLines("summary", document.summary, out);
    printLines("remarks", document.remarks, out);
    printLines("warnings", document.warnings, out);
    printLayout(document, out);
  });
}

void printJson(ArrayRef<Document> documents, raw_ostream &stream) {
  json::OStream out(stream, 2);
  out.object([&] {
    out.attribute("schema", "objprelink-report");
    out.attribute("version", kSchemaVersion);
    out.attributeArray("reports", [&] {
      for (const Document &document : documents)
        printDocument(document, out);
    });
  });
  stream << '\n';
}

} // namespace objprelink
