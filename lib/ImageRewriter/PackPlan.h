//===- PackPlan.h - what goes into DT_RELR ----------------------*- C++ -*-===//
//
// Like the plan of slots, this plan is a value: -n -v prints it, the rewrite
// carries it out, and a report counts by it.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_IMAGEREWRITER_PACKPLAN_H
#define OBJPRELINK_IMAGEREWRITER_PACKPLAN_H

#include "ImageEdit/ImageRelocations.h"
#include "ImageRewriter/ImagePlan.h"

namespace objprelink {

struct PackPlan {
  Packing packing = Packing::None;
  /// For each of Image::relocations: whether it goes into DT_RELR.
  std::vector<bool> packs;
  uint64_t packed = 0;
  /// How many RELATIVE ones do not.
  uint64_t kept = 0;
  /// Whether the image has to say that it needs a loader that knows DT_RELR,
  /// and does not say so yet.
  bool needsVersion = false;
  /// Whether the pages that packing frees are taken out of the file.
  bool cutsPages = false;
};

/// Which of image.relocations \p plan makes RELATIVE.
std::vector<bool> redirectedRelocations(const Image &image,
                                        const ImagePlan &plan);

/// What can be packed of \p image, in which the relocations that \p isNew marks
/// become RELATIVE.
PackPlan planPacking(const Image &image, uint32_t relative, Packing packing,
                     const std::vector<bool> &isNew);

/// The same for a rewrite as it was asked for, of which \p plan is the plan.
/// Without \p all, only what is new is packed, with what was packed before.
PackPlan planPacking(const Image &image, const ImagePlan &plan,
                     const ImageConfig &config, bool all);

/// The same where code of the image is to apply what can be packed.
PackPlan planPrivatePacking(const Image &image, const ImagePlan &plan,
                            const ImageConfig &config);

/// Writes the plan as a note, where plans are printed.
void printPackPlan(const PackPlan &plan, const Verbosity &config,
                   Diagnostics &diagnostics);

/// The places that DT_RELR has after \p plan.
std::vector<uint64_t> packedPlaces(const Image &image, const PackPlan &plan);

/// Carries \p plan out. Of relocations.main nothing may have been taken away.
void pack(const Image &image, const PackPlan &plan,
          ImageRelocations &relocations);

} // namespace objprelink

#endif
