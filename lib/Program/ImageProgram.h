//===- ImageProgram.h - programs of a root that is not running --*- C++ -*-===//
//
// Who builds an image knows every file that a program will load. So libraries
// may be rewritten where they are, if that pays, and the program gets a table
// and a launcher, as if root had added it in there. Nothing of the root is run.
//
// Rewriting comes first, because a table is about the files as they will be.
// Both steps are transactions. Between them the root is whole: its manifest
// tells of the libraries, and no table is there yet.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_PROGRAM_IMAGEPROGRAM_H
#define OBJPRELINK_PROGRAM_IMAGEPROGRAM_H

#include "Process/MeasuredProcess.h"
#include "Program/ImageManifest.h"
#include "Program/Prediction.h"
#include "Program/ProgramSearch.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace objprelink {

/// What would be done for one program of a root.
struct ImagePlan {
  FoundProgram found;
  Prediction prediction;
};

llvm::Expected<ImagePlan> planInImage(const Root &root, llvm::StringRef name,
                                      const Allowed &allowed);

/// Rewrites what pays and adds the programs \p names. \p said tells what a
/// killed process had left, and what is of note; \p progress, what is being
/// worked on. After an error, or if we are asked to end, the root is as it was.
llvm::Expected<ImageManifest>
addToImage(const Root &root, llvm::ArrayRef<std::string> names,
           const Allowed &allowed, Interruptible &signals,
           std::vector<std::string> &said,
           llvm::function_ref<void(llvm::StringRef)> progress);

/// Takes back all that was done in \p root. A file that was changed since is
/// left, and named in \p said.
llvm::Error undoInImage(const Root &root, std::vector<std::string> &said);

/// Which files of the manifest are not what it says, and why starts would not
/// use tables.
llvm::Expected<std::vector<std::string>>
checkImage(const Root &root, const ImageManifest &manifest);

} // namespace objprelink

#endif
