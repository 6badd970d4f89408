//===- RewriteArchive.h - the object pass over an archive -------*- C++ -*-===//

#ifndef OBJPRELINK_OBJECTREWRITER_REWRITEARCHIVE_H
#define OBJPRELINK_OBJECTREWRITER_REWRITEARCHIVE_H

#include "ObjectRewriter/Rewritten.h"
#include "Support/Config.h"
#include "llvm/Support/Error.h"

namespace objprelink {

class Diagnostics;

/// Rewrites the objects in the archive in \p bytes. Members that are no ELF
/// objects of a supported machine stay as they are; a damaged or refused one
/// refuses the archive. Members are worked on in parallel.
llvm::Expected<RewrittenArchive>
rewriteArchive(Bytes bytes, const Config &config, Diagnostics &diagnostics);

} // namespace objprelink

#endif
