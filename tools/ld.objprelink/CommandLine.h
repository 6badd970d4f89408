//===- CommandLine.h - our options out of LLD's -----------------*- C++ -*-===//

#ifndef OBJPRELINK_TOOLS_LD_COMMANDLINE_H
#define OBJPRELINK_TOOLS_LD_COMMANDLINE_H

#include "Linker/Link.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/StringSaver.h"

namespace objprelink {

/// Puts what response files say in their places, by LLD's rules, so that it
/// finds nothing left to expand.
llvm::Error expandResponseFiles(llvm::SmallVectorImpl<const char *> &arguments,
                                llvm::StringSaver &saver);

/// Whether an argument is for this program and not for the linker.
bool isOurOption(llvm::StringRef argument);

/// Takes the options that begin with --objprelink from \p arguments, response
/// files expanded, and leaves the linker's in their order.
llvm::Expected<LinkOptions>
takeOptions(llvm::SmallVectorImpl<const char *> &arguments);

/// Our options, and LLD's where it is the linker.
void printHelp(llvm::StringRef name, bool isLld);

} // namespace objprelink

#endif
