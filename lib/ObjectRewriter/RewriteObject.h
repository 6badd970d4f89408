//===- RewriteObject.h - the object pass ------------------------*- C++ -*-===//

#ifndef OBJPRELINK_OBJECTREWRITER_REWRITEOBJECT_H
#define OBJPRELINK_OBJECTREWRITER_REWRITEOBJECT_H

#include "ELF/Object.h"
#include "Support/Config.h"
#include "llvm/Support/Error.h"
#include <string>

namespace objprelink {

class Diagnostics;

/// A rewritten object. Where no slot is redirected nothing is to be done and
/// the rest is empty.
struct RewrittenObject {
  unsigned redirectedSlots = 0;
  Extents contents;
  Object before;
  /// Why slots that could be redirected are not.
  std::string reason;
};

/// Rewrites the ET_REL file in \p bytes, to which the result refers.
llvm::Expected<RewrittenObject> rewriteObject(Bytes bytes, const Config &config,
                                              Diagnostics &diagnostics);

} // namespace objprelink

#endif
