//===- ChangeSummary.h - a comparison in at most eight lines ----*- C++ -*-===//

#ifndef OBJPRELINK_REPORT_CHANGESUMMARY_H
#define OBJPRELINK_REPORT_CHANGESUMMARY_H

#include "Report/Document.h"

namespace objprelink {

/// What got better, what got worse and by how much, and what else is another.
/// \p changes is how many values differ in all.
std::vector<std::string> summarizeChanges(const Document &before,
                                          const Document &after,
                                          uint64_t changes);

} // namespace objprelink

#endif
