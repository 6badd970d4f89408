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
#include "Report/Document.h"
#include "Report/TriedRewrite.h"
#include "Target/Target.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

namespace objprelink {

struct Costs {
  uint64_t lookUps = 0; ///< before main, without those that the cache answers
  uint64_t cached = 0;
  uint64_t tableBytes = 0; ///< of relocations
  uint64_t pages = 0;      ///< that relocations write to, of 4,096 bytes
  // Relocations by kind.
  uint64_t relative = 0;
  uint64_t packed = 0; ///< by DT_RELR
  uint64_t plt = 0;    ///< JUMP_SLOT
  uint64_t others = 0;

  Costs &operator+=(const Costs &other);
};

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

/// Measures \p image in each scenario. \p bindsAll: nothing is bound at the
/// first call, whatever an image says.
llvm::Expected<WhatIf> estimateCosts(const Image &image, const Target &target,
                                     bool bindsAll);

/// The costs of \p image as it is.
Costs costsOf(const Image &image, const Target &target, bool bindsAll);

/// A table of the scenarios with the sums \p costs.
Table whatIfTable(llvm::ArrayRef<Costs> costs);
/// What the costs say in a sentence or two: what is worth it, or that nothing
/// is.
std::vector<std::string> whatIfRemarks(llvm::ArrayRef<Costs> costs);

} // namespace objprelink

#endif
