//===- SetFiles.h - the files of a set --------------------------*- C++ -*-===//

#ifndef OBJPRELINK_DRIVER_SETFILES_H
#define OBJPRELINK_DRIVER_SETFILES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace objprelink {

/// The files that --prerelocate-set=NAME means: the images below a folder; what
/// a list names, one on each line ("-" is standard input), where a folder
/// stands for the images below it; or, for @FILE, the words of a response file.
llvm::Expected<std::vector<std::string>> filesOfSet(llvm::StringRef name);

/// Whether the file \p path is a program at fixed addresses.
bool isAtFixedAddresses(llvm::StringRef path);

/// \p files without those that are another one under a second name.
std::vector<std::string> withoutTwins(llvm::ArrayRef<std::string> files);

} // namespace objprelink

#endif
