//===- Command.h - run a command and wait for it ----------------*- C++ -*-===//

#ifndef OBJPRELINK_PROCESS_COMMAND_H
#define OBJPRELINK_PROCESS_COMMAND_H

#include "llvm/Support/Error.h"

namespace objprelink {

/// How a command ended.
struct Ending {
  int status = 0;     ///< What to exit with, as a shell says it.
  int signal = 0;     ///< The signal that ended it, or 0.
  int startError = 0; ///< errno, where the command could not be started.
};

/// Whether a command outlives the program that runs it.
enum class Lifetime : uint8_t { Own, EndsWithParent };

/// Runs \p command, looked up in PATH, and waits for it. The keyboard's signals
/// are the command's; this program outlives them, as in system(3).
/// Lifetime::EndsWithParent has the kernel send SIGTERM to the command when the
/// calling thread ends (prctl(2), PR_SET_PDEATHSIG).
llvm::Expected<Ending> runCommand(const char *const *command,
                                  Lifetime lifetime = Lifetime::Own);

} // namespace objprelink

#endif
