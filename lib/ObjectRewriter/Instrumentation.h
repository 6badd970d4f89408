//===- Instrumentation.h - objects that must not be rewritten ---*- C++ -*-===//

#ifndef OBJPRELINK_OBJECTREWRITER_INSTRUMENTATION_H
#define OBJPRELINK_OBJECTREWRITER_INSTRUMENTATION_H

#include "ELF/Object.h"
#include "llvm/Support/Error.h"

namespace objprelink {

class Diagnostics;

/// Refuses GCC's slim LTO objects, which hold no machine code, and warns of
/// fat ones, whose machine code a link with -flto does not use.
llvm::Error checkBitcode(const Object &object, Diagnostics &diagnostics);

/// Refuses objects of compilers' checks that look at the target of a virtual
/// call and would not know a stub. Called when there are slots to redirect.
llvm::Error checkInstrumentation(const Object &object);

} // namespace objprelink

#endif
