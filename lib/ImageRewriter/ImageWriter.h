//===- ImageWriter.h - carry out the plan of an image -----------*- C++ -*-===//

#ifndef OBJPRELINK_IMAGEREWRITER_IMAGEWRITER_H
#define OBJPRELINK_IMAGEREWRITER_IMAGEWRITER_H

#include "ImageEdit/ImageEdit.h"
#include "ImageRewriter/ImagePlan.h"
#include "Support/Config.h"
#include "llvm/Support/Error.h"

namespace objprelink {

/// Writes what \p plan says into \p edit, of an image that holds together
/// (Coherence.h). \p lacksRoom says whether it failed for want of room for
/// program headers. After an error \p edit is of no use.
llvm::Error writeImage(const ImagePlan &plan, const Config &config,
                       ImageEdit &edit, bool &lacksRoom);

} // namespace objprelink

#endif
