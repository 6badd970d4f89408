//===- HtmlChart.cpp - tables as stacked bars in SVG ----------------------===//

#include "Report/Html.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <algorithm>

using namespace llvm;

namespace objprelink {

/// More bars than this are no picture any more.
static constexpr size_t kLargestRows = 25;

// In the units of the drawing, which are pixels where there is room.
static constexpr double kWidth = 900, kLabelWidth = 300, kTotalWidth = 90;
static constexpr double kBarWidth = kWidth - kLabelWidth - kTotalWidth;
static constexpr double kRowHeight = 22, kBarHeight = 15, kLegendHeight = 26;
static constexpr double kLetterWidth = 7;

namespace {
struct Bar {
  std::string label;
  std::vector<double> parts;
  double total = 0;
  /// Of many rows: it would make all others small.
  bool isOffScale = false;
};
} // namespace

static double sizeOf(const Value &value) {
  if (const uint64_t *number = std::get_if<uint64_t>(&value))
    return static_cast<double>(*number);
  // Neither a part that is less than nothing can be drawn, nor one that is no
  // number.
  if (const double *number = std::get_if<double>(&value))
    return *number > 0 && *number < 1e18 ? *number : 0;
  return 0;
}

/// The bars from the largest on; those that are too many, as one.
static std::vector<Bar> toBars(const Table &table) {
  std::vector<Bar> bars;
  for (const std::vector<Value> &row : table.rows) {
    Bar &bar = bars.emplace_back();
    bar.label =
        toText(row[table.chart->label], table.columns[table.chart->label].unit);
    for (const uint32_t column : table.chart->series) {
      bar.parts.push_back(sizeOf(row[column]));
      bar.total += bar.parts.back();
    }
  }
  stable_sort(bars,
              [](const Bar &a, const Bar &b) { return a.total > b.total; });
  if (bars.size() <= kLargestRows + 1)
    return bars;
  Bar others;
  others.label = formatv("{0} others", bars.size() - kLargestRows);
  others.isOffScale = true;
  others.parts.resize(table.chart->series.size());
  for (const Bar &bar : drop_begin(bars, kLargestRows)) {
    for (auto [sum, part] : zip_equal(others.parts, bar.parts))
      sum += part;
    others.total += bar.total;
  }
  bars.resize(kLargestRows);
  bars.push_back(std::move(others));
  return bars;
}

/// The end of a name tells more than its beginning, which is a folder's.
static std::string shorten(StringRef label) {
  const size_t most = static_cast<size_t>(kLabelWidth / kLetterWidth) - 1;
  if (label.size() <= most)
    return label.str();
  StringRef end = label.take_back(most - 1);
  // Not in the middle of a character.
  end = end.drop_while([](char c) { return (c & 0xc0) == 0x80; });
  return "\xe2\x80\xa6" + end.str();
}

static std::string sizeText(double size, Unit unit) {
  const auto whole = static_cast<uint64_t>(size);
  return unit != Unit::Percent && static_cast<double>(whole) == size
             ? toText(whole, unit)
             : toText(size, unit);
}

static void printLegend(const Table &table, raw_ostream &out) {
  double x = kLabelWidth;
  for (auto [index, column] : enumerate(table.chart->series)) {
    const std::string &title = table.columns[column].title;
    out << formatv("<rect class=\"s{0}\" x=\"{1:F1}\" y=\"4\" width=\"11\" "
                   "height=\"11\"/><text x=\"{2:F1}\" y=\"14\">{3}</text>\n",
                   index % 6, x, x + 16, escapeHtml(title));
    x += 36 + kLetterWidth * static_cast<double>(title.size());
  }
}

static void printBar(const Table &table, const Bar &bar, double y, double scale,
                     raw_ostream &out) {
  const Unit unit = table.columns[table.chart->series.front()].unit;
  out << formatv("<g class=\"bar\"><title>{0}: {1}</title>",
                 escapeHtml(bar.label), sizeText(bar.total, unit));
  out << formatv("<text class=\"label\" x=\"{0:F1}\" y=\"{1:F1}\">{2}</text>",
                 kLabelWidth - 8, y + 12, escapeHtml(shorten(bar.label)));
  double x = kLabelWidth;
  for (auto [index, part] : enumerate(bar.parts)) {
    if (part == 0 || bar.isOffScale)
      continue;
    const double width = part * scale;
    const Column &column = table.columns[table.chart->series[index]];
    out << formatv(
        "<rect class=\"s{0}\" x=\"{1:F2}\" y=\"{2:F1}\" width=\"{3:F2}\" "
        "height=\"{4:F1}\"><title>{5}: {6}: {7}</title></rect>",
        index % 6, x, y, width, kBarHeight, escapeHtml(bar.label),
        escapeHtml(column.title), sizeText(part, column.unit));
    x += width;
  }
  out << formatv("<text x=\"{0:F1}\" y=\"{1:F1}\">{2}</text></g>\n", x + 6,
                 y + 12, sizeText(bar.total, unit));
}

void printChart(const Table &table, raw_ostream &out) {
  if (table.chart->series.empty() || table.rows.empty())
    return;
  const std::vector<Bar> bars = toBars(table);
  double largest = 0;
  for (const Bar &bar : bars)
    if (!bar.isOffScale)
      largest = std::max(largest, bar.total);
  if (largest == 0)
    return;
  const double height =
      kLegendHeight + kRowHeight * static_cast<double>(bars.size());
  out << formatv("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" "
                 "viewBox=\"0 0 {0:F0} {1:F0}\">\n<title>{2}</title>\n",
                 kWidth, height, escapeHtml(table.title));
  printLegend(table, out);
  for (auto [index, bar] : enumerate(bars))
    printBar(table, bar,
             kLegendHeight + kRowHeight * static_cast<double>(index),
             kBarWidth / largest, out);
  out << "</svg>\n";
}

} // namespace objprelink
