#include "Process/Command.h"
#include "Support/Diagnostics.h"
#include "llvm/Support/Errno.h"
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace llvm;

namespace objprelink {

// What env(1) and nohup(1) exit with.
static constexpr int kNotFound = 127;
static constexpr int kCannotRun = 126;

namespace {
/// What a signal does, for as long as this object lives.
class Disposition {
public:
  Disposition(int signal, void (*handler)(int)) : signal(signal) {
    struct sigaction action = {};
    action.sa_handler = handler;
    sigaction(signal, &action, &old);
  }
  Disposition(const Disposition &) = delete;
  ~Disposition() { restore(); }
  void restore() const { sigaction(signal, &old, nullptr); }

private:
  int signal;
  struct sigaction old;
};
} // namespace

static void waitFor(pid_t child, Ending &ending) {
  int status;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) {
      ending.status = kCannotRun;
      return;
    }
  if (WIFSIGNALED(status))
    ending.signal = WTERMSIG(status);
  ending.status = ending.signal ? 128 + ending.signal : WEXITSTATUS(status);
}

Expected<Ending> runCommand(const char *const *command, Lifetime lifetime) {
  // Open until the command has been started; else errno comes through it.
  int failure[2];
  if (pipe2(failure, O_CLOEXEC))
    return error("no pipe: {0}", sys::StrError());

  const Disposition interrupt(SIGINT, SIG_IGN), quit(SIGQUIT, SIG_IGN);
  // Where the parent ignores SIGCHLD, nothing could be waited for.
  const Disposition childEnd(SIGCHLD, SIG_DFL);
  const pid_t child = fork();
  if (child < 0)
    return error("no process: {0}", sys::StrError());
  if (child == 0) {
    interrupt.restore();
    quit.restore();
    childEnd.restore();
    if (lifetime == Lifetime::EndsWithParent)
      prctl(PR_SET_PDEATHSIG, SIGTERM);
    execvp(command[0], const_cast<char *const *>(command));
    const int reason = errno;
    if (write(failure[1], &reason, sizeof reason) != sizeof reason)
      _exit(kCannotRun);
    _exit(reason == ENOENT ? kNotFound : kCannotRun);
  }

  close(failure[1]);
  Ending ending;
  while (read(failure[0], &ending.startError, sizeof ending.startError) < 0 &&
         errno == EINTR)
    ;
  close(failure[0]);
  waitFor(child, ending);
  return ending;
}

} // namespace objprelink
