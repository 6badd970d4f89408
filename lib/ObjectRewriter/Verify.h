//===- Verify.h - prove that an output is what it should be -----*- C++ -*-===//

#ifndef OBJPRELINK_OBJECTREWRITER_VERIFY_H
#define OBJPRELINK_OBJECTREWRITER_VERIFY_H

#include "ObjectRewriter/Rewritten.h"
#include "Support/Config.h"
#include "Support/Copies.h"
#include "llvm/Support/Error.h"

namespace objprelink {

/// Reads \p after and proves that it is object.before, which rewriteObject has
/// rewritten, with as many slots of vtables redirected to stubs as was said,
/// that these lead to the functions which the slots held, and that nothing else
/// changed. Knows neither the plan nor the writer: the code of a stub is
/// decoded. An error means a defect of ours; the output must not be delivered.
llvm::Error verifyObject(const RewrittenObject &object, Bytes after,
                         const Copies &copies, const Config &config);

/// Reads \p after and proves that it is \p archive.before with its members
/// rewritten, as verifyObject does for each of them.
llvm::Error verifyArchive(const RewrittenArchive &archive, Bytes after,
                          const Copies &copies, const Config &config);

} // namespace objprelink

#endif
