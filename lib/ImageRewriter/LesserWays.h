//===- LesserWays.h - where there is no room for all ------------*- C++ -*-===//

#ifndef OBJPRELINK_IMAGEREWRITER_LESSERWAYS_H
#define OBJPRELINK_IMAGEREWRITER_LESSERWAYS_H

#include "ImageRewriter/Decisions.h"
#include "ImageRewriter/RewriteImage.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace objprelink {

/// Has \p make carry out \p wanted or, where that fails, lesser decisions,
/// where the user allows that or loses nothing by it. \p make leaves the result
/// in \p out, whose summary says what was done; a reason in it is why nothing
/// was.
llvm::Error
makeSomehow(const Image &image, Decisions wanted, const RewriteConfig &config,
            Diagnostics &diagnostics, RewrittenImage &out,
            llvm::function_ref<llvm::Error(const Decisions &)> make);

} // namespace objprelink

#endif
