//===- Gate.h - what a build asks of its libraries --------------*- C++ -*-===//
//
// Limits on the counts of reports, and that every image that a rewrite would
// change has been rewritten. A gate adds what it finds to the report, in words
// for a reviewer and as a table.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_REPORT_GATE_H
#define OBJPRELINK_REPORT_GATE_H

#include "Report/Document.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

namespace objprelink {

/// "look-ups=400": the most that a fact may be, or, as "look-ups=+10" and
/// "look-ups=+5%", by how much it may exceed that of an older report.
struct Limit {
  std::string key; ///< as in JSON
  double most = 0;
  bool isGrowth = false;
  bool isPercent = false;
  std::string text; ///< of the number
};

llvm::Expected<Limit> parseLimit(llvm::StringRef text);

/// Adds to \p out whether \p now keeps to \p limits; \p before is the report
/// that growth is counted from, or null. Returns whether it does.
llvm::Expected<bool> checkLimits(llvm::ArrayRef<Limit> limits,
                                 const Document *before, const Document &now,
                                 Document &out);

enum class Rewritten : uint8_t {
  Yes,
  NothingToDo, ///< no rewrite would change it
  No,
  Unknown, ///< it cannot be rewritten, or is no image
};

/// Whether \p now is on an image that a rewrite would change and none has. Says
/// in
/// \p out what is wrong.
Rewritten checkRewritten(const Document &now, Document &out);

} // namespace objprelink

#endif
