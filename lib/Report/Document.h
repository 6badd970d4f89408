//===- Document.h - a report as values, before it has a format --*- C++ -*-===//
//
// Whatever is analysed becomes a Document: facts, tables, remarks. The printers
// know nothing but that, so that text, JSON, CSV and HTML cannot differ in what
// they say, and two documents can be compared whatever they are about. Keys are
// the interface for programs (docs/report-schema.md); titles are for people.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_REPORT_DOCUMENT_H
#define OBJPRELINK_REPORT_DOCUMENT_H

#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace objprelink {

/// What a number counts, as far as its printing needs to know.
enum class Unit : uint8_t {
  None, ///< text, yes or no, or a number that is a name
  Count,
  Bytes,
  Pages, ///< of 4,096 bytes
  Address,
  Percent,
  Milliseconds,
  Ratio,
  Difference, ///< with a sign: what came or went
};

/// Nothing (not known, or does not apply), a number, a text, or yes and no.
using Value = std::variant<std::monostate, uint64_t, double, std::string, bool>;

struct Fact {
  std::string key; ///< lower case, words joined by _
  std::string title;
  Value value;
  Unit unit = Unit::None;
};

struct Column {
  std::string key;
  /// Empty in a column that is for programs alone.
  std::string title;
  Unit unit = Unit::None;
};

/// How a table is drawn: one horizontal bar for each row, which the columns
/// divide.
struct Chart {
  uint32_t label = 0;           ///< index of a column
  std::vector<uint32_t> series; ///< indices of columns of one unit
};

struct Table {
  std::string key;
  std::string title;
  std::vector<Column> columns;
  /// Each with a value for each column. What the first column says tells rows
  /// apart, with that of the second where it is text too.
  std::vector<std::vector<Value>> rows;
  std::optional<Chart> chart;
  /// Whether it is so long that it is printed for people only when asked for.
  bool isDetail = false;
  /// The column by which people see the rows, the largest first; programs get
  /// them in the order that they are in.
  std::optional<uint32_t> costColumn = {};
  /// How many rows people see who do not ask for more; 0 is all.
  uint32_t mostRows = 0;

  void addRow(std::vector<Value> row) { rows.push_back(std::move(row)); }
  /// The rows in the order of people.
  std::vector<const std::vector<Value> *> rowsByCost() const;
};

/// The report on one file, closure, run or process.
struct Document {
  std::string kind; ///< "object", "archive", "image", "closure", ...
  std::string name;
  std::vector<Fact> facts;
  std::vector<Table> tables;
  /// The answer in a few lines, for who reads no more than that.
  std::vector<std::string> summary;
  /// Whole sentences, in the manner of messages: what follows from the numbers.
  std::vector<std::string> remarks;
  /// What kept the report from being complete.
  std::vector<std::string> warnings;

  void addFact(llvm::StringRef key, llvm::StringRef title, Value value,
               Unit unit = Unit::None) {
    facts.push_back({key.str(), title.str(), std::move(value), unit});
  }
  const Fact *fact(llvm::StringRef key) const {
    for (const Fact &f : facts)
      if (f.key == key)
        return &f;
    return nullptr;
  }
  const Table *table(llvm::StringRef key) const {
    for (const Table &t : tables)
      if (t.key == key)
        return &t;
    return nullptr;
  }
};

/// What the first word of a line of a summary says.
enum class Judgement : uint8_t { None, Good, Bad };
Judgement judgementOf(llvm::StringRef line);

/// The number that \p value is, if it is one.
std::optional<double> numberOf(const Value &value);

/// \p value for people: 12,345 or 12.3 or "yes"; nothing is "-".
std::string toText(const Value &value, Unit unit);

} // namespace objprelink

#endif
