//===- SelfChecks.h - images that hold a checksum of themselves -*- C++ -*-===//
//
// A cryptographic module hashes its own code or file when it starts, and stops
// working if the hash is another. A signature in the file is checked by the
// kernel or by an installer. Neither survives a change that is right in every
// other respect, and nothing in the relocations tells of them: they are known
// by their names and forms.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_IMAGEEDIT_SELFCHECKS_H
#define OBJPRELINK_IMAGEEDIT_SELFCHECKS_H

#include "ELF/Image.h"
#include "llvm/Support/Error.h"

namespace objprelink {

/// Refuses an image in which a checksum or signature of itself is found. Those
/// in other files are not looked for.
llvm::Error checkSelfChecks(const Image &image);

} // namespace objprelink

#endif
