//===- WhatIf.h - what a start would cost with other flags ------*- C++ -*-===//
//
// The costs of one image as it is and as it would be: linked with other
// options, or rewritten. The plans of the rewrite are those of the rewriter.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_REPORT_WHATIF_H
#define OBJPRELINK_REPORT_WHATIF_H

#include "ELF/Image.h"
#include "Report/Document.h"
#include "Target/Target.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

namespace objprelink {

struct Costs {
  uint64_t lookUps = 0; ///< before main, without those that the cache answers
  uint64_t cached = 0;
  uint64_t tableBytes = 0; ///< of relocations
  uint64_t pages = 0;      ///< that relocations write to, of 4,096 bytes

  Costs &operator+=(const Costs &other);
};

/// A way to build or to rewrite a library.
struct Scenario {
  llvm::StringLiteral key;
  llvm::StringLiteral title;
  enum class Slots : uint8_t { AsTheyAre, Relays, Lazy, LazyAlways };
  Slots slots = Slots::AsTheyAre;
  bool symbolicFunctions = false; ///< -Bsymbolic-functions
  bool packed = false;            ///< DT_RELR
  bool lazyPlt = false;           ///< without -z now
};

/// The first is today's.
llvm::ArrayRef<Scenario> scenarios();

/// The costs of \p image in each scenario. \p lazy: its PLT is bound at the
/// first call today. \p bindNow: LD_BIND_NOW is set, so nothing ever is.
llvm::Expected<std::vector<Costs>> estimateCosts(const Image &image,
                                                 const Target &target,
                                                 bool lazy, bool bindNow);

/// A table of the scenarios with the sums \p costs.
Table whatIfTable(llvm::ArrayRef<Costs> costs);
/// What the costs say in a sentence or two: what is worth it, or that nothing
/// is.
std::vector<std::string> whatIfRemarks(llvm::ArrayRef<Costs> costs);

} // namespace objprelink

#endif
