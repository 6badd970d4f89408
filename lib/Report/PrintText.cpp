//===- PrintText.cpp - documents for people -------------------------------===//
//
// Nothing is left out because a terminal is narrow: text goes on in the next
// line, and columns that have no place are named.
//
//===----------------------------------------------------------------------===//

#include "Report/Print.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace objprelink {

/// No column of text gets narrower than this.
static constexpr size_t kNarrowest = 16;

/// \p text in pieces of at most \p width bytes, broken at spaces where there
/// are some; a character of UTF-8 stays whole.
static std::vector<std::string> wrap(StringRef text, size_t width) {
  std::vector<std::string> out;
  while (text.size() > width) {
    size_t end = text.rfind(' ', width + 1);
    if (end == StringRef::npos || end == 0) {
      end = width;
      while (end > 1 && (text[end] & 0xc0) == 0x80)
        --end;
    }
    out.push_back(text.take_front(end).rtrim().str());
    text = text.drop_front(end).ltrim();
  }
  out.push_back(text.str());
  return out;
}

namespace {
/// A table in columns that fit.
class Grid {
public:
  Grid(const Table &table, ArrayRef<const std::vector<Value> *> rows,
       size_t width);

  std::vector<std::string> header() const;
  std::vector<std::string> lines(size_t row) const { return lay(cells[row]); }
  /// The titles of columns that have no place.
  std::string hidden() const;

private:
  void fit(size_t width);
  size_t total() const;
  std::vector<std::string> lay(ArrayRef<std::string> row) const;

  std::vector<const Column *> columns;
  std::vector<std::vector<std::string>> cells;
  std::vector<size_t> widths;
  size_t shown;
};

class Printer {
public:
  Printer(const TextOptions &options, raw_ostream &out)
      : options(options), out(out) {}
  void print(const Document &document);

private:
  void printSummary(ArrayRef<std::string> lines);
  void printFacts(ArrayRef<Fact> facts);
  void printTable(const Table &table);
  void printLine(StringRef line, raw_ostream::Colors color);
  void printWrapped(StringRef line, raw_ostream::Colors color);

  const TextOptions &options;
  raw_ostream &out;
};
} // namespace

Grid::Grid(const Table &table, ArrayRef<const std::vector<Value> *> rows,
           size_t width) {
  for (const Column &column : table.columns)
    if (!column.title.empty()) {
      columns.push_back(&column);
      widths.push_back(column.title.size());
    }
  for (const std::vector<Value> *row : rows) {
    std::vector<std::string> &line = cells.emplace_back();
    for (auto [value, column] : zip_equal(*row, table.columns))
      if (!column.title.empty()) {
        line.push_back(visible(toText(value, column.unit)));
        size_t &most = widths[line.size() - 1];
        most = std::max(most, line.back().size());
      }
  }
  shown = columns.size();
  if (width)
    fit(width);
}

size_t Grid::total() const {
  size_t out = 0;
  for (size_t i = 0; i < shown; ++i)
    out += 2 + widths[i];
  return out;
}

void Grid::fit(size_t width) {
  while (total() > width) {
    size_t widest = shown;
    for (size_t i = 0; i < shown; ++i)
      if (columns[i]->unit == Unit::None && widths[i] > kNarrowest &&
          (widest == shown || widths[i] > widths[widest]))
        widest = i;
    if (widest < shown) {
      const size_t excess = total() - width;
      // The two widest get as narrow as each other, not one as narrow as can
      // be.
      widths[widest] =
          std::max(kNarrowest,
                   std::max(widths[widest] * 2 / 3,
                            widths[widest] - std::min(widths[widest], excess)));
    } else if (shown > 2) {
      --shown;
    } else {
      return;
    }
  }
}

std::vector<std::string> Grid::lay(ArrayRef<std::string> row) const {
  std::vector<std::vector<std::string>> pieces;
  size_t height = 1;
  for (size_t i = 0; i < shown; ++i) {
    pieces.push_back(wrap(row[i], widths[i]));
    height = std::max(height, pieces.back().size());
  }
  std::vector<std::string> out;
  for (size_t at = 0; at < height; ++at) {
    std::string line;
    for (size_t i = 0; i < shown; ++i) {
      const StringRef text =
          at < pieces[i].size() ? StringRef(pieces[i][at]) : StringRef();
      const std::string padding(widths[i] - std::min(widths[i], text.size()),
                                ' ');
      line += "  ";
      line += columns[i]->unit == Unit::None ? (text + padding).str()
                                             : padding + text.str();
    }
    out.push_back(StringRef(line).rtrim().str());
  }
  return out;
}

std::vector<std::string> Grid::header() const {
  std::vector<std::string> titles;
  for (const Column *column : columns)
    titles.push_back(column->title);
  return lay(titles);
}

std::string Grid::hidden() const {
  std::string out;
  for (size_t i = shown; i < columns.size(); ++i)
    out += (out.empty() ? "" : ", ") + columns[i]->title;
  return out;
}

void Printer::printLine(StringRef line, raw_ostream::Colors color) {
  if (options.color)
    out.changeColor(color, /*Bold=*/true);
  out << visible(line);
  if (options.color)
    out.resetColor();
  out << '\n';
}

void Printer::printWrapped(StringRef line, raw_ostream::Colors color) {
  const size_t width = options.width > 24 ? options.width - 2 : 0;
  if (!width)
    return printLine(("  " + line).str(), color);
  // The first line begins two columns before those that go on.
  bool isFirst = true;
  for (const std::string &piece : wrap(line, width - 2)) {
    printLine((isFirst ? "  " : "    ") + piece, color);
    isFirst = false;
  }
}

void Printer::printSummary(ArrayRef<std::string> lines) {
  for (const StringRef line : lines) {
    const Judgement judgement = judgementOf(line);
    printWrapped(line, judgement == Judgement::Bad ? raw_ostream::RED
                       : judgement == Judgement::Good
                           ? raw_ostream::GREEN
                           : raw_ostream::SAVEDCOLOR);
  }
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
  std::vector<const std::vector<Value> *> rows = table.rowsByCost();
  const size_t all = rows.size();
  // One row alone is no longer than the line that would stand for it.
  if (table.mostRows && !options.details && all > table.mostRows + 1)
    rows.resize(table.mostRows);
  const Grid grid(table, rows, options.width);
  out << '\n';
  printLine("  " + table.title, raw_ostream::SAVEDCOLOR);
  for (const std::string &line : grid.header())
    printLine(line, raw_ostream::CYAN);
  for (size_t row = 0; row < rows.size(); ++row)
    for (const std::string &line : grid.lines(row))
      out << line << '\n';
  if (rows.size() < all)
    out << formatv("  and {0:N} more (-v)\n", all - rows.size());
  if (const std::string hidden = grid.hidden(); !hidden.empty())
    out << "  no room for: " << hidden << '\n';
}

void Printer::print(const Document &document) {
  printLine(document.name + ": " + document.kind, raw_ostream::GREEN);
  if (!options.summaryLast)
    printSummary(document.summary);
  if (options.summaryOnly)
    return;
  if (!options.summaryLast && !document.summary.empty())
    out << '\n';
  printFacts(document.facts);
  for (const Table &table : document.tables)
    if (!table.rows.empty() && (!table.isDetail || options.details))
      printTable(table);
  if (!document.remarks.empty())
    out << '\n';
  for (const std::string &remark : document.remarks)
    printWrapped(remark, raw_ostream::YELLOW);
  if (options.summaryLast && !document.summary.empty()) {
    out << '\n';
    printSummary(document.summary);
  }
}

void printText(ArrayRef<Document> documents, const TextOptions &options,
               raw_ostream &out) {
  for (auto [index, document] : enumerate(documents)) {
    if (index && !options.summaryOnly)
      out << '\n';
    Printer(options, out).print(document);
  }
}

} // namespace objprelink
