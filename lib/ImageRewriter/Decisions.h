//===- Decisions.h - all that is decided about an image ---------*- C++ -*-===//

#ifndef OBJPRELINK_IMAGEREWRITER_DECISIONS_H
#define OBJPRELINK_IMAGEREWRITER_DECISIONS_H

#include "ImageRewriter/PrerelocationPlan.h"

namespace objprelink {

struct Decisions {
  ImagePlan slots;
  PackPlan packing;
  /// Where the image is to be, if it asks for that.
  std::optional<PrerelocationPlan> prerelocation;
};

/// What may be planned at most.
struct Limits : PlanLimits {
  /// Pack what is there, where that was asked for.
  bool packs = true;
};

/// Decides everything about \p image. Changes nothing.
llvm::Expected<Decisions> decide(const Image &image, const Target &target,
                                 const RewriteConfig &config,
                                 Limits limits = {});

/// What the rewritten image says of itself, in \p size bytes or more. \p
/// hasAbsoluteCode: the loader corrects addresses in its new code. \p hasRoom:
/// a linker has made room for the note.
ByteVector makeNote(const Decisions &decisions, const ImageConfig &config,
                    bool hasAbsoluteCode, bool hasRoom, uint64_t size);

} // namespace objprelink

#endif
