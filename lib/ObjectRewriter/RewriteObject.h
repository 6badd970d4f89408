//===- RewriteObject.h - the object pass ------------------------*- C++ -*-===//

#ifndef OBJPRELINK_OBJECTREWRITER_REWRITEOBJECT_H
#define OBJPRELINK_OBJECTREWRITER_REWRITEOBJECT_H

#include "ObjectRewriter/Rewritten.h"
#include "Support/Config.h"
#include "llvm/Support/Error.h"

namespace objprelink {

class Diagnostics;

/// Rewrites the ET_REL file in \p bytes, to which the result refers.
llvm::Expected<RewrittenObject> rewriteObject(Bytes bytes, const Config &config,
                                              Diagnostics &diagnostics);

} // namespace objprelink

#endif
