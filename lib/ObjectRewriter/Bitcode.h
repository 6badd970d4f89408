//===- Bitcode.h - objects that are not all machine code --------*- C++ -*-===//

#ifndef OBJPRELINK_OBJECTREWRITER_BITCODE_H
#define OBJPRELINK_OBJECTREWRITER_BITCODE_H

#include "ELF/Object.h"
#include "llvm/Support/Error.h"

namespace objprelink {

class Diagnostics;

/// Refuses GCC's slim LTO objects, which hold no machine code, and warns of
/// fat ones, whose machine code a link with -flto does not use.
llvm::Error checkBitcode(const Object &object, Diagnostics &diagnostics);

} // namespace objprelink

#endif
