//===- ImageFiles.h - the images in a folder --------------------*- C++ -*-===//

#ifndef OBJPRELINK_ELF_IMAGEFILES_H
#define OBJPRELINK_ELF_IMAGEFILES_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace objprelink {

/// Adds the paths of all programs and shared libraries below \p folder to
/// \p out, in order. Symbolic links are not followed, and files of debug
/// symbols that were split off are left out.
llvm::Error addImages(llvm::StringRef folder, std::vector<std::string> &out);

} // namespace objprelink

#endif
