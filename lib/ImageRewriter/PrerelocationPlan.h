//===- PrerelocationPlan.h - the address that an image asks for -*- C++ -*-===//
//
// A plan, as that of slots is: -n -v prints it, the rewrite carries it out.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_IMAGEREWRITER_PRERELOCATIONPLAN_H
#define OBJPRELINK_IMAGEREWRITER_PRERELOCATIONPLAN_H

#include "ImageRewriter/PackPlan.h"

namespace objprelink {

struct PrerelocationPlan {
  /// Where the page of the first segment is in memory, if that is free.
  uint64_t base = 0;
  /// By how much all addresses of the image grow.
  uint64_t shift = 0;
  /// Where the first segment's page is in the image.
  uint64_t begin = 0;
  /// How many words need no relocation there, and how many are relocated all
  /// the same.
  uint64_t applied = 0;
  uint64_t kept = 0;
};

/// Plans to apply the relative relocations of \p image, of which \p slots is
/// the plan, if there are any, and \p packing follows. Refuses what would not
/// do what it did at another address, and what would be at none.
llvm::Error planPrerelocation(const Image &image, const ImagePlan &slots,
                              const ImageConfig &config, PackPlan &packing,
                              std::optional<PrerelocationPlan> &out);

/// Writes the plan as notes, where plans are printed.
void printPrerelocationPlan(const PrerelocationPlan &plan,
                            const Verbosity &config, Diagnostics &diagnostics);

} // namespace objprelink

#endif
