//===- PrintCsv.cpp - one table for spreadsheets and databases ------------===//

#include "Report/Print.h"
#include "Support/Diagnostics.h"
#include "Support/Suggest.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace objprelink {

/// RFC 4180: what has a comma, a quote or a line's end is quoted.
static void printField(StringRef text, raw_ostream &out) {
  if (text.find_first_of(",\"\r\n") == StringRef::npos) {
    out << text;
    return;
  }
  out << '"';
  for (char c : text)
    out << (c == '"' ? "\"\"" : StringRef(&c, 1));
  out << '"';
}

/// A number without separators and units.
static std::string toField(const Value &value) {
  return std::holds_alternative<std::monostate>(value)
             ? std::string()
             : toText(value, Unit::None);
}

Error printCsv(ArrayRef<Document> documents, StringRef key, raw_ostream &out) {
  const Table *first = nullptr;
  for (const Document &document : documents) {
    const Table *table = document.table(key);
    if (!table)
      continue;
    if (!first) {
      first = table;
      out << "report";
      for (const Column &column : table->columns)
        out << ',' << column.key;
      out << '\n';
    }
    for (const std::vector<Value> &row : table->rows) {
      printField(document.name, out);
      for (const Value &value : row) {
        out << ',';
        printField(toField(value), out);
      }
      out << '\n';
    }
  }
  if (first)
    return Error::success();
  std::vector<std::string> tables;
  for (const Document &document : documents)
    for (const Table &table : document.tables)
      if (!is_contained(tables, table.key))
        tables.push_back(table.key);
  return error("no report has a table {0}{1}", key, suggest(key, tables));
}

} // namespace objprelink
