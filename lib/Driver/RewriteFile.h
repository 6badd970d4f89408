//===- RewriteFile.h - what the commands do with one FILE -------*- C++ -*-===//

#ifndef OBJPRELINK_DRIVER_REWRITEFILE_H
#define OBJPRELINK_DRIVER_REWRITEFILE_H

#include "ImageEdit/Undo.h"
#include "Support/Config.h"
#include "Support/InputFile.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace objprelink {

class Diagnostics;

/// Rewrites the object, archive or image \p path, in place or to config.output.
/// Where nothing is to be done the file is not touched (and config.output is a
/// copy).
/// On an error every file is as it was. Messages go without the file's name
/// before them. With \p redraws, an image that has an address gets another one:
/// it is made again of the file that its undo record gives.
llvm::Error rewriteFile(llvm::StringRef path, const Config &config,
                        Diagnostics &diagnostics, bool redraws = false);

/// Gives back what the image \p path was before the change \p what, where
/// rewriteFile() would have written the new file.
llvm::Error undoFile(llvm::StringRef path, UndoOf what,
                     const FileConfig &config, Diagnostics &diagnostics);

/// Opens two files, has \p check look at each, and \p verify compare them. What
/// either says gets the name of the file that it is about.
llvm::Error verifyPair(llvm::StringRef before, llvm::StringRef after,
                       llvm::function_ref<llvm::Error(const InputFile &)> check,
                       llvm::function_ref<llvm::Error(Bytes, Bytes)> verify);

/// Proves that the image \p after does what the image \p before does.
llvm::Error verifyFiles(llvm::StringRef before, llvm::StringRef after);

} // namespace objprelink

#endif
