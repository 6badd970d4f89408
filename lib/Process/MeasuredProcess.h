//===- MeasuredProcess.h - programs that are run to be measured -*- C++ -*-===//
//
// Programs run in a session of their own, without a terminal, and with
// /dev/null as input and output: what they say would be in the way of the
// report, and a terminal's speed in that of the measurement.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_PROCESS_MEASUREDPROCESS_H
#define OBJPRELINK_PROCESS_MEASUREDPROCESS_H

#include "Process/LoadedObjects.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include <csignal>
#include <functional>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace objprelink {

struct Command {
  std::vector<std::string> arguments;
  /// NAME=VALUE.
  std::vector<std::string> environment;
  /// Where standard error goes.
  std::string errorFile = "/dev/null";
  /// The first argument, if that only becomes the program that is meant; empty
  /// if it is itself the program.
  std::string launcher;
};

/// What a run came to.
struct RunResult {
  pid_t pid = 0;
  /// As of waitpid.
  int status = 0;
  /// From before exec to the end.
  double milliseconds = 0;
  /// Of the program and of all processes that it has started, in user space;
  /// nothing where the kernel does not count them.
  std::optional<uint64_t> instructions;
};

/// For as long as it lives, the signals that ask us to end also end the program
/// that is being measured. When there is nothing left to be tidied up, that is,
/// at the end of its life, they do to us what they would have done.
class Interruptible {
public:
  Interruptible();
  ~Interruptible();
  Interruptible(const Interruptible &) = delete;
  Interruptible &operator=(const Interruptible &) = delete;

  /// Waits until child \p pid ends, or stops if it is traced. An error if we
  /// are asked to end; the child and its session have ended then.
  llvm::Expected<int> wait(pid_t pid);
  /// An error if we are asked to end.
  llvm::Error check();
  /// Makes a child what it would be without this object.
  void restore() const;

private:
  sigset_t waited, oldMask;
  struct sigaction oldChild;
  int caught = 0;
};

/// Runs \p command to its end.
llvm::Expected<RunResult> runToEnd(const Command &command,
                                   Interruptible &signals);

/// Runs \p command to where the loader has done its work (AT_ENTRY, that is,
/// _start), calls \p look with the process and the address, and ends it. By
/// then the initialisers of libraries have run.
llvm::Error runToEntry(const Command &command, Interruptible &signals,
                       llvm::function_ref<llvm::Error(pid_t, uint64_t)> look);

/// Runs \p command to where the loader has relocated everything and no
/// initialiser has run, calls \p look, and ends it. \p notice is where the
/// loader's function _dl_debug_state is, counted from its base.
llvm::Error runToRelocated(const Command &command, uint64_t notice,
                           Interruptible &signals,
                           llvm::function_ref<llvm::Error(pid_t)> look);

/// How a program is made to open a library.
struct OpenRequest {
  std::string path;
  /// As above.
  uint64_t notice = 0;
  /// dlopen(): the object that has it, and where in it.
  std::function<bool(const LoadedObject &)> isOpener;
  uint64_t opener = 0;
  /// The addresses of the initialisers of an object that has been opened.
  std::function<std::vector<uint64_t>(const LoadedObject &)> initialisers;
};

/// Runs \p command to its entry, has it call dlopen() there, calls \p look
/// before the first initialiser of what is opened, and ends it.
llvm::Error runToOpened(const Command &command, const OpenRequest &request,
                        Interruptible &signals,
                        llvm::function_ref<llvm::Error(pid_t)> look);

/// Part of the above: a child which has become the program. \p onStart is
/// called with the child before that, which may trace itself.
llvm::Expected<pid_t> startProgram(const Command &command,
                                   const Interruptible &signals, bool isTraced,
                                   llvm::function_ref<void(pid_t)> onStart);

} // namespace objprelink

#endif
