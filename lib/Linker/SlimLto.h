//===- SlimLto.h - objects that LLD would drop without a word ---*- C++ -*-===//
//
// A slim LTO object of GCC has bytecode that only GCC's plugin can compile, no
// code, and a symbol __gnu_lto_slim of one byte to tell. LLD takes it for an
// object without functions: a shared library comes out empty.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_LINKER_SLIMLTO_H
#define OBJPRELINK_LINKER_SLIMLTO_H

#include "Linker/LldArguments.h"
#include "Support/Extents.h"
#include "llvm/Support/Error.h"

namespace objprelink {

/// An error if \p output, which LLD has made, shows that a slim LTO object went
/// into it. Inputs are looked at only if the output cannot tell.
llvm::Error checkSlimLto(Bytes output, const LldArguments &arguments);

/// An error that names a slim LTO object among the files, archives and
/// libraries of the command line; success where there is none.
llvm::Error findSlimLto(const LldArguments &arguments);

} // namespace objprelink

#endif
