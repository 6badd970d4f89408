//===- Coherence.h - what an image says twice -------------------*- C++ -*-===//
//
// ld.so takes what it needs and believes it. A rewrite moves tables, and has to
// know that nothing else is in them, and that section headers, program headers
// and the dynamic table mean the same: else what is right for one reader would
// be wrong for the next. The verifier would find that out of the output; this
// finds it in the input, and says so.
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
