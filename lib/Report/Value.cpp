//===- Value.cpp - values for people --------------------------------------===//

#include "Report/Document.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>

using namespace llvm;

namespace objprelink {

std::optional<double> numberOf(const Value &value) {
  if (const uint64_t *number = std::get_if<uint64_t>(&value))
    return static_cast<double>(*number);
  if (const double *number = std::get_if<double>(&value))
    return *number;
  return std::nullopt;
}

Judgement judgementOf(StringRef line) {
  const StringRef word = line.split(' ').first;
  if (is_contained({"better", "ok"}, word))
    return Judgement::Good;
  return is_contained({"worse", "OVER", "NOT", "FAILED"}, word)
             ? Judgement::Bad
             : Judgement::None;
}

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

std::vector<const std::vector<Value> *> Table::rowsByCost() const {
  std::vector<const std::vector<Value> *> out;
  for (const std::vector<Value> &row : rows)
    out.push_back(&row);
  if (costColumn)
    stable_sort(out, [&](const auto *a, const auto *b) {
      return numberOf((*a)[*costColumn]).value_or(-1) >
             numberOf((*b)[*costColumn]).value_or(-1);
    });
  return out;
}

} // namespace objprelink
