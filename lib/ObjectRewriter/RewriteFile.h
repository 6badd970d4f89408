//===- RewriteFile.h - what the commands do with one FILE -------*- C++ -*-===//

#ifndef OBJPRELINK_OBJECTREWRITER_REWRITEFILE_H
#define OBJPRELINK_OBJECTREWRITER_REWRITEFILE_H

#include "Support/Config.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace objprelink {

class Diagnostics;

/// Rewrites the object or archive \p path, in place or to config.output. Where
/// nothing is to be done the file is not touched (and config.output is a copy).
/// On an error every file is as it was. Messages go without the file's name
/// before them.
llvm::Error rewriteFile(llvm::StringRef path, const Config &config,
                        Diagnostics &diagnostics);

} // namespace objprelink

#endif
