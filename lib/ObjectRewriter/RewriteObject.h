//===- RewriteObject.h - the object pass ------------------------*- C++ -*-===//

#ifndef OBJPRELINK_OBJECTREWRITER_REWRITEOBJECT_H
#define OBJPRELINK_OBJECTREWRITER_REWRITEOBJECT_H

#include "Support/Config.h"
#include "Support/Extents.h"
#include "llvm/Support/Error.h"
#include <optional>

namespace objprelink {

class Diagnostics;

/// A rewritten object, or nothing where nothing is to be done.
struct RewrittenObject {
  std::optional<Extents> contents;
  unsigned redirectedSlots = 0;
};

/// Rewrites the ET_REL file in \p bytes, to which the result refers.
llvm::Expected<RewrittenObject> rewriteObject(Bytes bytes, const Config &config,
                                              Diagnostics &diagnostics);

} // namespace objprelink

#endif
