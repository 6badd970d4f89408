//===- Verify.h - prove that an output is what it should be -----*- C++ -*-===//

#ifndef OBJPRELINK_OBJECTREWRITER_VERIFY_H
#define OBJPRELINK_OBJECTREWRITER_VERIFY_H

#include "Support/Config.h"
#include "Support/Extents.h"
#include "llvm/Support/Error.h"

namespace objprelink {

/// Reads both files and proves that \p after is \p before with
/// \p redirectedSlots slots of vtables redirected to stubs that lead to the
/// functions they held, and nothing else changed. Uses neither the plan nor the
/// writer. An error means a defect of ours; the output must not be delivered.
llvm::Error verifyObject(Bytes before, Bytes after, unsigned redirectedSlots,
                         const Config &config);

} // namespace objprelink

#endif
