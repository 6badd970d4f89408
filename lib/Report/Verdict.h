//===- Verdict.h - which of two arms is faster ------------------*- C++ -*-===//

#ifndef OBJPRELINK_REPORT_VERDICT_H
#define OBJPRELINK_REPORT_VERDICT_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace objprelink {

double median(std::vector<double> values);

/// The median of the distances to the median: it does not mind a few runs that
/// something else was in the way of.
double spread(const std::vector<double> &values);

/// The ratios of runs side by side, so that a drift is in both.
std::vector<double> ratiosOf(llvm::ArrayRef<double> times,
                             llvm::ArrayRef<double> plain);

/// A line of a summary: by how much the arm \p name is faster or slower than
/// the plain one, or that the runs cannot tell.
std::string compareTimes(llvm::StringRef name, llvm::ArrayRef<double> times,
                         llvm::ArrayRef<double> plain);

} // namespace objprelink

#endif
