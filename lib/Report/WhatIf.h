//===- WhatIf.h - what a start would cost with other flags ------*- C++ -*-===//
//
// The costs of one image as it is and as it would be: linked with other
// options, or rewritten. A rewrite is done in memory and its result is
// measured, so that what is predicted is what the report on the rewritten file
// says. What other options of a link would leave out is left out of what is
// measured.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_REPORT_WHATIF_H
#define OBJPRELINK_REPORT_WHATIF_H

#include "ELF/Image.h"
#include "Loader/StartCosts.h"
#include "Report/Document.h"
#include "Report/TriedRewrite.h"
#include "Target/Target.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

namespace objprelink {

/// A way to build or to rewrite a library.
struct Scenario {
  llvm::StringLiteral key;
  llvm::StringLiteral title;
  Rewrite rewrite;
  bool symbolicFunctions = false; ///< -Bsymbolic-functions
  bool lazyPlt = false;           ///< without -z now
};

/// The first is today's.
llvm::ArrayRef<Scenario> scenarios();

/// What an image costs in each scenario, and what came of the rewrites.
struct WhatIf {
  std::vector<Costs> costs;
  std::vector<TriedRewrite> tried;
};

/// Measures \p image in each scenario, or in those with the keys \p wanted: in
/// the others nothing costs anything. \p bindsAll: nothing is bound at the
/// first call, whatever an image says.
llvm::Expected<WhatIf>
estimateCosts(const Image &image, const Target &target, bool bindsAll,
              llvm::ArrayRef<llvm::StringRef> wanted = {});

/// A table of the scenarios with the sums \p costs.
Table whatIfTable(llvm::ArrayRef<Costs> costs);
/// What the costs say in a sentence or two: what is worth it, or that nothing
/// is.
std::vector<std::string> whatIfRemarks(llvm::ArrayRef<Costs> costs);

} // namespace objprelink

#endif
