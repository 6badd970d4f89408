#include "Support/TemporaryFiles.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include <atomic>
#include <csignal>
#include <ctime>
#include <string>
#include <unistd.h>
#include <vector>

using namespace llvm;

namespace objprelink {

/// What ends a program and can be caught, but for the signals of timers and of
/// users (SIGUSR1: LLVM prints statistics). SIGXFSZ is an error of write(2),
/// where a tool has seen to it.
static constexpr int kSignals[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGTERM, SIGPIPE,
                                   SIGUSR2, SIGXCPU, SIGILL,  SIGTRAP, SIGABRT,
                                   SIGBUS,  SIGFPE,  SIGSEGV, SIGSYS};

namespace {
struct Registry {
  std::vector<std::string> paths;
  bool handlesSignals = false;
  struct sigaction oldActions[std::size(kSignals)];
};

/// Access to the registry. A thread that has it is interrupted by nothing, so
/// that a handler can wait for it.
class Access {
public:
  Access() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &oldMask);
    wait();
  }
  ~Access() {
    isTaken.clear(std::memory_order_release);
    pthread_sigmask(SIG_SETMASK, &oldMask, nullptr);
  }
  Registry *operator->() const { return &registry; }
  /// For a handler, which never gives it back: nothing is created any more.
  static Registry &takeForEver() {
    wait();
    return registry;
  }

private:
  static void wait() {
    const timespec aWhile = {0, 50'000};
    while (isTaken.test_and_set(std::memory_order_acquire))
      nanosleep(&aWhile, nullptr);
  }

  static std::atomic_flag isTaken;
  static Registry registry;
  sigset_t oldMask;
};
} // namespace

std::atomic_flag Access::isTaken;
Registry Access::registry;

/// Runs with all signals blocked. Ends the program as the signal would have.
static void onSignal(int signal) {
  const Registry &registry = Access::takeForEver();
  for (const std::string &path : registry.paths)
    ::unlink(path.c_str());

  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, signal);
  const size_t index = llvm::find(kSignals, signal) - std::begin(kSignals);
  // What was there before us, a stack trace perhaps; it may return.
  sigaction(signal, &registry.oldActions[index], nullptr);
  pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
  raise(signal);
  std::signal(signal, SIG_DFL);
  raise(signal);
}

static void handleSignals(const Access &registry) {
  if (registry->handlesSignals)
    return;
  registry->handlesSignals = true;
  struct sigaction action = {};
  action.sa_handler = onSignal;
  action.sa_flags = SA_ONSTACK;
  sigfillset(&action.sa_mask);
  for (auto [signal, old] : zip_equal(kSignals, registry->oldActions)) {
    sigaction(signal, &action, &old);
    if (old.sa_handler == SIG_IGN) // As nohup wants it.
      sigaction(signal, &old, nullptr);
  }
}

std::error_code createTemporary(StringRef path, unsigned mode, int &fd) {
  const Access registry;
  handleSignals(registry);
  const std::error_code ec = sys::fs::openFileForReadWrite(
      path, fd, sys::fs::CD_CreateNew, sys::fs::OF_None, mode);
  if (!ec)
    registry->paths.push_back(path.str());
  return ec;
}

void forgetTemporary(StringRef path) {
  const Access registry;
  erase(registry->paths, path);
}

} // namespace objprelink
