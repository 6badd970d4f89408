//===- PrintJson.cpp - documents for programs -----------------------------===//

#include "Report/Print.h"
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
    printLines("remarks", document.remarks, out);
    printLines("warnings", document.warnings, out);
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
