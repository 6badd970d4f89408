//===- Bind.h - a program to its table --------------------------*- C++ -*-===//

#ifndef OBJPRELINK_TOOLS_OBJPRELINK_BIND_BIND_H
#define OBJPRELINK_TOOLS_OBJPRELINK_BIND_BIND_H

#include "CommandLine.h"
#include "Process/MeasuredProcess.h"
#include "Support/Extents.h"

namespace objprelink {

/// What was made for a program.
struct BoundProgram {
  /// Its path, without symbolic links.
  std::string path;
  std::string tablePath;
  uint64_t libraries = 0, bound = 0;
  uint64_t words = 0, rest = 0;
  /// How many words were compared with the loader's.
  uint64_t compared = 0;
  uint64_t tableBytes = 0;
  /// Plugins that are bound.
  uint64_t plugins = 0;
  /// What is left to the loader, and why.
  std::vector<std::string> left;
};

/// The file that \p name is started as: looked for in PATH if it has no slash,
/// without symbolic links. With a root it is one inside, and so is the answer.
llvm::Expected<std::string> findProgram(llvm::StringRef name,
                                        llvm::StringRef root);

/// Makes the table of \p program, has it verified, and installs it unless \p
/// installs is false.
llvm::Expected<BoundProgram> bindProgram(llvm::StringRef program,
                                         const CommandLine &commandLine,
                                         bool installs, Interruptible &signals);

} // namespace objprelink

#endif
