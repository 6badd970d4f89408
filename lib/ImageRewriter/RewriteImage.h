//===- RewriteImage.h - what the commands do with one image -----*- C++ -*-===//

#ifndef OBJPRELINK_IMAGEREWRITER_REWRITEIMAGE_H
#define OBJPRELINK_IMAGEREWRITER_REWRITEIMAGE_H

#include "ImageEdit/ImageEdit.h"
#include "ImageRewriter/ImagePlan.h"
#include "Support/Config.h"
#include "llvm/Support/Error.h"
#include <memory>

namespace objprelink {

class Diagnostics;

struct RewrittenImage {
  std::unique_ptr<Image> before;
  /// What was found and done, for reports.
  ImageSummary summary;
  /// Owns what the contents refer to.
  std::unique_ptr<ImageEdit> edit;
  /// The new file; none where nothing is to be done.
  std::optional<Extents> contents;
};

/// Rewrites the shared library or PIE \p bytes: reads, plans, finds room,
/// writes. Nothing is verified here.
llvm::Expected<RewrittenImage> rewriteImage(Bytes bytes,
                                            const RewriteConfig &config,
                                            Diagnostics &diagnostics);

/// Says what a rewrite changes for somebody who can write to memory, or who
/// wants to know where things are in it; docs/safety.md says more.
void sayLosses(const ImageSummary &summary, Diagnostics &diagnostics);

} // namespace objprelink

#endif
