//===- Verdict.cpp - which of two arms is faster --------------------------===//
//
// A difference counts if it is more than the spread, and if chance alone would
// have that many pairs agree on who is faster in less than one case of twenty
// (the sign test, which asks nothing of how times are distributed). Five pairs
// are too few for that, whatever they say.
//
//===----------------------------------------------------------------------===//

#include "Report/Verdict.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>

using namespace llvm;

namespace objprelink {

static constexpr double kChance = 0.05;

double median(std::vector<double> values) {
  if (values.empty())
    return 0;
  llvm::sort(values);
  const size_t middle = values.size() / 2;
  return values.size() % 2 ? values[middle]
                           : (values[middle - 1] + values[middle]) / 2;
}

double spread(const std::vector<double> &values) {
  const double middle = median(values);
  std::vector<double> distances;
  for (const double value : values)
    distances.push_back(std::fabs(value - middle));
  return median(distances);
}

std::vector<double> ratiosOf(ArrayRef<double> times, ArrayRef<double> plain) {
  std::vector<double> out;
  for (auto [time, base] : zip_equal(times, plain))
    out.push_back(base > 0 ? time / base : 1);
  return out;
}

/// How likely it is that of \p count fair coins no more than \p fewer, or no
/// more than that of the others, show one side.
static double chanceOf(size_t fewer, size_t count) {
  double sum = 0, ways = 1;
  for (size_t i = 0; i <= fewer; ++i) {
    sum += ways;
    ways = ways * static_cast<double>(count - i) / static_cast<double>(i + 1);
  }
  return 2 * sum * std::pow(0.5, static_cast<double>(count));
}

std::string compareTimes(StringRef name, ArrayRef<double> times,
                         ArrayRef<double> plain) {
  const std::vector<double> ratios = ratiosOf(times, plain);
  const double percent = 100 * (median(ratios) - 1);
  const double noise = 100 * spread(ratios);
  const size_t faster = count_if(ratios, [](double r) { return r < 1; });
  const size_t slower = count_if(ratios, [](double r) { return r > 1; });
  const bool isTold =
      std::fabs(percent) > noise &&
      chanceOf(std::min(faster, slower), faster + slower) < kChance;
  const std::string what =
      formatv("{0:F1} % {1}; spread {2:F1} %; {3} runs", std::fabs(percent),
              percent <= 0 ? "faster" : "slower", noise, ratios.size());
  if (!isTold)
    return formatv(
        "same    with {0}: no difference that can be told from chance "
        "({1})",
        name, what);
  return formatv("{0} with {1}: {2}", percent < 0 ? "better " : "worse  ", name,
                 what);
}

} // namespace objprelink
