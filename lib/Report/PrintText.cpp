//===- PrintText.cpp - documents for people -------------------------------===//

#include "Report/Print.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>

using namespace llvm;

namespace objprelink {

static std::string differenceText(double difference) {
  const double size = std::fabs(difference);
  const auto whole = static_cast<uint64_t>(std::min(size, 0x1p63));
  const std::string text = static_cast<double>(whole) == size
                               ? formatv("{0:N}", whole).str()
                               : formatv("{0:F2}", size).str();
  return (difference < 0 ? "-" : "+") + text;
}

std::string toText(const Value &value, Unit unit) {
  if (const uint64_t *number = std::get_if<uint64_t>(&value)) {
    if (unit == Unit::Address)
      return formatv("{0:x}", *number);
    return unit == Unit::None ? utostr(*number) : formatv("{0:N}", *number);
  }
  if (const double *number = std::get_if<double>(&value);
      number && unit == Unit::Difference)
    return differenceText(*number);
  if (const double *number = std::get_if<double>(&value))
    return formatv(unit == Unit::Percent ? "{0:F1} %" : "{0:F2}", *number);
  if (const std::string *text = std::get_if<std::string>(&value))
    return *text;
  if (const bool *truth = std::get_if<bool>(&value))
    return *truth ? "yes" : "no";
  return "-";
}

namespace {
class Printer {
public:
  Printer(const TextOptions &options, raw_ostream &out)
      : options(options), out(out) {}
  void print(const Document &document);

private:
  void printFacts(ArrayRef<Fact> facts);
  void printTable(const Table &table);
  void printLine(StringRef line, raw_ostream::Colors color);

  const TextOptions &options;
  raw_ostream &out;
};
} // namespace

void Printer::printLine(StringRef line, raw_ostream::Colors color) {
  if (options.color)
    out.changeColor(color, /*Bold=*/true);
  out << visible(line);
  if (options.color)
    out.resetColor();
  out << '\n';
}

void Printer::printFacts(ArrayRef<Fact> facts) {
  size_t width = 0;
  for (const Fact &fact : facts)
    width = std::max(width, fact.title.size());
  for (const Fact &fact : facts) {
    out << "  " << left_justify(fact.title, width) << "  "
        << visible(toText(fact.value, fact.unit));
    if (fact.unit == Unit::Bytes && fact.value.index())
      out << " bytes";
    out << '\n';
  }
}

void Printer::printTable(const Table &table) {
  std::vector<std::vector<std::string>> cells;
  std::vector<size_t> widths;
  for (const Column &column : table.columns)
    widths.push_back(column.title.size());
  for (const std::vector<Value> &row : table.rows) {
    std::vector<std::string> &line = cells.emplace_back();
    for (auto [value, column, width] : zip_equal(row, table.columns, widths)) {
      line.push_back(visible(toText(value, column.unit)));
      width = std::max(width, line.back().size());
    }
  }
  const auto printRow = [&](auto &&cell) {
    std::string line;
    for (auto [index, column] : enumerate(table.columns)) {
      if (column.title.empty())
        continue;
      const std::string &text = cell(index);
      const std::string padding(widths[index] - text.size(), ' ');
      line += "  ";
      line += column.unit == Unit::None ? text + padding : padding + text;
    }
    return StringRef(line).rtrim().str();
  };
  out << '\n';
  printLine("  " + table.title, raw_ostream::SAVEDCOLOR);
  printLine(printRow([&](size_t i) { return table.columns[i].title; }),
            raw_ostream::CYAN);
  for (const std::vector<std::string> &line : cells)
    out << printRow([&](size_t i) { return line[i]; }) << '\n';
}

void Printer::print(const Document &document) {
  printLine(document.name + ": " + document.kind, raw_ostream::GREEN);
  printFacts(document.facts);
  for (const Table &table : document.tables)
    if (!table.rows.empty() && (!table.isDetail || options.details))
      printTable(table);
  if (!document.remarks.empty())
    out << '\n';
  for (const std::string &remark : document.remarks)
    printLine("  " + remark, raw_ostream::YELLOW);
}

void printText(ArrayRef<Document> documents, const TextOptions &options,
               raw_ostream &out) {
  for (auto [index, document] : enumerate(documents)) {
    if (index)
      out << '\n';
    Printer(options, out).print(document);
  }
}

} // namespace objprelink
