//===- WorthIt.h - rewrite an image as far as that pays ---------*- C++ -*-===//
//
// What a rewrite is for are look-ups, bytes of relocation tables, and pages
// that relocations write to. With --if-worth an image gets those parts of a
// rewrite that save some of what they are for, and nothing where none does.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_DRIVER_WORTHIT_H
#define OBJPRELINK_DRIVER_WORTHIT_H

#include "ImageRewriter/RewriteImage.h"

namespace objprelink {

/// Does what rewriteImage() does, without what does not pay: the numbers come
/// from the results. Says in \p diagnostics what is left out, and why.
llvm::Expected<RewrittenImage> rewriteIfWorth(Bytes bytes,
                                              const RewriteConfig &config,
                                              Diagnostics &diagnostics);

} // namespace objprelink

#endif
