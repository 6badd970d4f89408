//===- Coherence.h - what an image says twice -------------------*- C++ -*-===//
//
// ld.so reads the tables that it needs and trusts them. A rewrite moves tables,
// so it has to know that nothing else is in them, and that section headers,
// program headers and the dynamic table agree: otherwise an output that is
// right for one reader would be wrong for the next. The verifier would find
// such a contradiction in the output; this check finds it in the input and says
// so.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_IMAGEEDIT_COHERENCE_H
#define OBJPRELINK_IMAGEEDIT_COHERENCE_H

#include "ImageEdit/MachineCode.h"
#include "llvm/Support/Error.h"

namespace objprelink {

llvm::Error checkCoherence(const Image &image, const MachineCode &machine);

} // namespace objprelink

#endif
