//===- Process.h - runs the command -----------------------------*- C++ -*-===//

#ifndef OBJPRELINK_TOOLS_OBJPRELINK_BUILD_PROCESS_H
#define OBJPRELINK_TOOLS_OBJPRELINK_BUILD_PROCESS_H

#include "llvm/Support/Error.h"

namespace objprelink {

/// How a command ended.
struct Ending {
  int status = 0;     ///< What to exit with.
  int startError = 0; ///< errno, where the command could not be started.
};

/// Runs \p command and waits for it. The keyboard's signals are the command's;
/// this program outlives them, as in system(3).
llvm::Expected<Ending> runCommand(char **command);

} // namespace objprelink

#endif
