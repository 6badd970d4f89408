//===- OutputFile.h - replace a file whole or not at all --------*- C++ -*-===//
//
// The new contents go to a temporary file in the folder of the target, are
// read back and checked by the caller, and take the target's name by rename(2)
// as the last step. Until then the old file stands as it was; a signal or an
// error removes the temporary.
//
// llvm::sys::fs::TempFile::keep is not used for the last step: where rename
// fails it copies over the target, which is not atomic. FileOutputBuffer is
// not used because it wants the whole output in a mapping of ours.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_SUPPORT_OUTPUTFILE_H
#define OBJPRELINK_SUPPORT_OUTPUTFILE_H

#include "Support/Copies.h"
#include "Support/Extents.h"
#include "Support/InputFile.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"

namespace objprelink {

class Diagnostics;

/// Looks at the finished output before it is delivered; an error keeps it back.
using OutputCheck = llvm::function_ref<llvm::Error(Bytes, const Copies &)>;

/// Delivers \p contents, which may refer to the mapping of \p input, under the
/// name \p path: atomically where that is a regular file or does not exist, by
/// plain writing where it is a device or a pipe ("-" is standard output). The
/// result has the mode, the extended attributes and, for root, the owner of
/// \p input. \p check sees the bytes as they were written.
llvm::Error writeOutput(llvm::StringRef path, Extents contents,
                        const InputFile &input, OutputCheck check,
                        Diagnostics &diagnostics);

} // namespace objprelink

#endif
