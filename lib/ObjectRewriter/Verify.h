//===- Verify.h - prove that an output is what it should be -----*- C++ -*-===//

#ifndef OBJPRELINK_OBJECTREWRITER_VERIFY_H
#define OBJPRELINK_OBJECTREWRITER_VERIFY_H

#include "ObjectRewriter/RewriteObject.h"
#include "Support/Copies.h"
#include "llvm/Support/Error.h"

namespace objprelink {

/// Reads \p after and proves that it is object.before, which rewriteObject has
/// rewritten, with as many slots of vtables redirected to stubs as was said,
/// that these lead to the functions which the slots held, and that nothing else
/// changed. Uses neither the plan nor the writer. An error means a defect of
/// ours; the output must not be delivered.
llvm::Error verifyObject(const RewrittenObject &object, Bytes after,
                         const Copies &copies, const Config &config);

} // namespace objprelink

#endif
