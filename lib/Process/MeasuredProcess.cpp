#include "Process/MeasuredProcess.h"
#include "Support/Diagnostics.h"
#include <chrono>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace llvm;

namespace objprelink {

static constexpr int kEnding[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

Interruptible::Interruptible() {
  sigemptyset(&waited);
  sigaddset(&waited, SIGCHLD);
  for (const int signal : kEnding) {
    struct sigaction action;
    sigaction(signal, nullptr, &action);
    if (action.sa_handler != SIG_IGN) // As nohup wants it.
      sigaddset(&waited, signal);
  }
  // A parent that ignores SIGCHLD would have our children vanish.
  struct sigaction action = {};
  action.sa_handler = SIG_DFL;
  sigaction(SIGCHLD, &action, &oldChild);
  sigprocmask(SIG_BLOCK, &waited, &oldMask);
}

Interruptible::~Interruptible() {
  if (caught)
    ::kill(::getpid(), caught);
  restore();
}

void Interruptible::restore() const {
  sigaction(SIGCHLD, &oldChild, nullptr);
  sigprocmask(SIG_SETMASK, &oldMask, nullptr);
}

Error Interruptible::check() {
  const timespec now = {};
  for (int signal;
       !caught && (signal = sigtimedwait(&waited, nullptr, &now)) > 0;)
    if (signal != SIGCHLD)
      caught = signal;
  return caught ? error("interrupted") : Error::success();
}

Expected<int> Interruptible::wait(pid_t pid) {
  for (;;) {
    int status;
    if (::waitpid(pid, &status, __WALL | WNOHANG) == pid)
      return status;
    const int signal = sigwaitinfo(&waited, nullptr);
    if (signal < 0 || signal == SIGCHLD)
      continue;
    caught = signal;
    ::kill(-pid, SIGKILL);
    ::kill(pid, SIGKILL); // Before it has its session.
    ::waitpid(pid, &status, __WALL);
    return error("interrupted");
  }
}

namespace {
class Descriptor {
public:
  explicit Descriptor(int fd) : fd(fd) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor &) = delete;
  Descriptor &operator=(const Descriptor &) = delete;
  void close() {
    if (fd >= 0)
      ::close(fd);
    fd = -1;
  }
  int fd;
};
} // namespace

static std::vector<char *> pointersTo(const std::vector<std::string> &texts) {
  std::vector<char *> out;
  for (const std::string &text : texts)
    out.push_back(const_cast<char *>(text.c_str()));
  out.push_back(nullptr);
  return out;
}

static bool redirect(const char *path, int flags, int to) {
  const int fd = ::open(path, flags | O_CLOEXEC, 0600);
  return fd >= 0 && ::dup2(fd, to) == to;
}

/// What the child does; returns only with the number of an error in errno.
static void becomeProgram(const Command &command, int go, bool isTraced) {
  char byte;
  // The parent has ended if there is nothing to read.
  if (::read(go, &byte, 1) != 1)
    ::_exit(1);
  const std::vector<char *> arguments = pointersTo(command.arguments);
  const std::vector<char *> environment = pointersTo(command.environment);
  if (redirect("/dev/null", O_RDONLY, STDIN_FILENO) &&
      redirect("/dev/null", O_WRONLY, STDOUT_FILENO) &&
      redirect(command.errorFile.c_str(), O_WRONLY | O_CREAT | O_TRUNC,
               STDERR_FILENO) &&
      (!isTraced || ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0))
    ::execvpe(arguments[0], arguments.data(), environment.data());
}

Expected<pid_t> startProgram(const Command &command,
                             const Interruptible &signals, bool isTraced,
                             function_ref<void(pid_t)> onStart) {
  const auto failed = [&](int number) {
    return error("{0}: {1}", command.arguments[0],
                 std::error_code(number, std::generic_category()).message());
  };
  int go[2], failure[2];
  if (::pipe2(go, O_CLOEXEC))
    return failed(errno);
  Descriptor goRead(go[0]), goWrite(go[1]);
  if (::pipe2(failure, O_CLOEXEC))
    return failed(errno);
  Descriptor failureRead(failure[0]), failureWrite(failure[1]);
  const pid_t pid = ::fork();
  if (pid < 0)
    return failed(errno);
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::setsid();
    goWrite.close();
    signals.restore();
    becomeProgram(command, go[0], isTraced);
    const int number = errno;
    (void)!::write(failure[1], &number, sizeof(number));
    ::_exit(127);
  }
  failureWrite.close();
  onStart(pid);
  (void)!::write(goWrite.fd, "", 1);
  int number;
  if (::read(failureRead.fd, &number, sizeof(number)) != sizeof(number))
    return pid;
  ::waitpid(pid, nullptr, __WALL);
  return failed(number);
}

/// A counter of what \p pid and its children do after exec, or -1.
static int openCounter(pid_t pid) {
  perf_event_attr attributes = {};
  attributes.size = sizeof(attributes);
  attributes.type = PERF_TYPE_HARDWARE;
  attributes.config = PERF_COUNT_HW_INSTRUCTIONS;
  attributes.disabled = 1;
  attributes.enable_on_exec = 1;
  attributes.inherit = 1;
  attributes.exclude_kernel = 1;
  attributes.exclude_hv = 1;
  return static_cast<int>(::syscall(SYS_perf_event_open, &attributes, pid, -1,
                                    -1, PERF_FLAG_FD_CLOEXEC));
}

Expected<RunResult> runToEnd(const Command &command, Interruptible &signals) {
  using Clock = std::chrono::steady_clock;
  Descriptor counter(-1);
  Clock::time_point begin;
  Expected<pid_t> pid =
      startProgram(command, signals, /*isTraced=*/false, [&](pid_t child) {
        counter.fd = openCounter(child);
        begin = Clock::now();
      });
  if (!pid)
    return pid.takeError();
  Expected<int> status = signals.wait(*pid);
  const Clock::time_point end = Clock::now();
  if (!status)
    return status.takeError();
  RunResult out;
  out.pid = *pid;
  out.status = *status;
  out.milliseconds =
      std::chrono::duration<double, std::milli>(end - begin).count();
  uint64_t count = 0;
  if (counter.fd >= 0 &&
      ::read(counter.fd, &count, sizeof(count)) == sizeof(count) && count)
    out.instructions = count;
  return out;
}

} // namespace objprelink
