//===- TemporaryFiles.h - files that no signal leaves behind ----*- C++ -*-===//
//
// A signal that ends the program removes the temporary files of all threads
// first, however many signals come: one that comes meanwhile waits.
//
// llvm::sys::RemoveFileOnSignal is not used. Its handler gives all signals
// their default action before it has removed anything, so that a second one
// leaves files; and another thread may create a file after it has looked.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_SUPPORT_TEMPORARYFILES_H
#define OBJPRELINK_SUPPORT_TEMPORARYFILES_H

#include "llvm/ADT/StringRef.h"
#include <system_error>

namespace objprelink {

/// Creates \p path, which must not exist, and opens it for reading and writing.
/// The umask applies to \p mode.
std::error_code createTemporary(llvm::StringRef path, unsigned mode, int &fd);

/// \p path is not to be removed any more: it has another name, or is gone.
void forgetTemporary(llvm::StringRef path);

} // namespace objprelink

#endif
