//===- ChangeSummary.cpp - a comparison in at most eight lines ------------===//

#include "Report/ChangeSummary.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>

using namespace llvm;

namespace objprelink {

static constexpr size_t kMostLines = 8;

/// The facts of which less is better, by their weight for a start.
static constexpr StringLiteral kCosts[] = {
    "milliseconds",         "look_ups",    "relocation_bytes",
    "relative_relocations", "dirty_pages", "pages_private",
    "loader_cycles",        "libraries",   "libraries_asked",
    "look_ups_cached",      "unfound",     "bytes"};

/// "41,244 -> 9,138 (-78 %)"
static std::string changeText(const Fact &before, const Fact &after) {
  std::string out = toText(before.value, before.unit) + " -> " +
                    toText(after.value, after.unit);
  const std::optional<double> old = numberOf(before.value),
                              now = numberOf(after.value);
  if (!old || !now || *old == 0)
    return out;
  const double percent = 100 * (*now - *old) / *old;
  return out + formatv(std::fabs(percent) < 9.95 ? " ({0}{1:F1} %)"
                                                 : " ({0}{1:F0} %)",
                       percent < 0 ? "-" : "+", std::fabs(percent))
                   .str();
}

std::vector<std::string> summarizeChanges(const Document &before,
                                          const Document &after,
                                          uint64_t changes) {
  std::vector<std::string> out;
  const auto add = [&](StringRef word, StringRef key) {
    const Fact *old = before.fact(key), *now = after.fact(key);
    out.push_back((word.str() + std::string(8 - word.size(), ' ') + now->title +
                   ": " + changeText(*old, *now)));
  };
  for (const StringRef key : kCosts) {
    const Fact *old = before.fact(key), *now = after.fact(key);
    if (!old || !now)
      continue;
    const std::optional<double> was = numberOf(old->value),
                                is = numberOf(now->value);
    if (was && is && *was != *is)
      add(*is < *was ? "better" : "worse", key);
  }
  for (const Fact &now : after.facts) {
    const Fact *old = before.fact(now.key);
    if (old && old->value != now.value && !is_contained(kCosts, now.key))
      add("changed", now.key);
  }
  if (out.empty() && changes)
    out.push_back(
        formatv("same    every count; {0:N} rows of tables differ", changes));
  if (out.size() > kMostLines) {
    const size_t more = out.size() - kMostLines + 1;
    out.resize(kMostLines - 1);
    out.push_back(formatv("        and {0} other changes", more));
  }
  return out;
}

} // namespace objprelink
