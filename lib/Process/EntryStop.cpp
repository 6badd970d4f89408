//===- EntryStop.cpp - programs up to the end of the loader's work --------===//
//
// A breakpoint at AT_ENTRY is the first place where the loader is done with all
// libraries and the program has not begun. Killing the process there is simpler
// than letting it go, and it costs the run nothing that was measured.
//
// ld.so tells debuggers by a call of its function _dl_debug_state that its list
// is complete. At the start of a program that comes after all relocations and
// before the first initialiser (glibc 2.31 to 2.42, dl_main in elf/rtld.c).
//
//===----------------------------------------------------------------------===//

#include "Process/LoadedObjects.h"
#include "Process/MeasuredProcess.h"
#include "Support/Diagnostics.h"
#include <cstring>
#include <elf.h>
#include <set>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/user.h>
#include <sys/wait.h>

using namespace llvm;

namespace objprelink {

#if defined(__x86_64__)

/// Writes int3 to \p address of \p pid; returns the word that was there.
static Expected<long> setBreakpoint(pid_t pid, uint64_t address) {
  errno = 0;
  const auto place = reinterpret_cast<void *>(address);
  const long word = ::ptrace(PTRACE_PEEKTEXT, pid, place, nullptr);
  if (errno)
    return error("its code at {0:x} cannot be read", address);
  const long changed = (word & ~0xffL) | 0xcc;
  if (::ptrace(PTRACE_POKETEXT, pid, place, reinterpret_cast<void *>(changed)))
    return error("no breakpoint can be set at {0:x}", address);
  return word;
}

static bool isAtBreakpoint(pid_t pid, uint64_t address) {
  user_regs_struct registers;
  return ::ptrace(PTRACE_GETREGS, pid, nullptr, &registers) == 0 &&
         registers.rip == address + 1;
}

/// Does the instruction that the breakpoint at \p address has replaced, of
/// which \p word is the beginning, and sets the breakpoint again.
static Error passBreakpoint(pid_t pid, uint64_t address, long word,
                            Interruptible &signals) {
  const auto place = reinterpret_cast<void *>(address);
  user_regs_struct registers;
  if (::ptrace(PTRACE_GETREGS, pid, nullptr, &registers) == 0) {
    registers.rip = address;
    if (::ptrace(PTRACE_SETREGS, pid, nullptr, &registers) == 0 &&
        ::ptrace(PTRACE_POKETEXT, pid, place, reinterpret_cast<void *>(word)) ==
            0 &&
        ::ptrace(PTRACE_SINGLESTEP, pid, nullptr, nullptr) == 0) {
      Expected<int> status = signals.wait(pid);
      if (!status)
        return status.takeError();
      if (WIFSTOPPED(*status))
        return setBreakpoint(pid, address).takeError();
    }
  }
  return error("it cannot be led past {0:x}", address);
}

namespace {
/// Where a process is to stop, when it has become the program.
using FindStop = function_ref<Expected<uint64_t>(pid_t)>;
/// Whether a process that has come there has come far enough.
using IsThere = function_ref<Expected<bool>(pid_t)>;
} // namespace

/// Follows \p pid, which stops where it becomes the program, up to the place
/// that \p find gives, which it returns.
static Expected<uint64_t> follow(pid_t pid, Interruptible &signals,
                                 FindStop find, IsThere isThere) {
  std::optional<uint64_t> stop;
  long word = 0;
  for (;;) {
    Expected<int> status = signals.wait(pid);
    if (!status)
      return status.takeError();
    if (!WIFSTOPPED(*status))
      return error("it has ended before its entry");
    int signal = WSTOPSIG(*status);
    if (signal == SIGTRAP && stop && isAtBreakpoint(pid, *stop)) {
      Expected<bool> answer = isThere(pid);
      if (!answer)
        return answer.takeError();
      if (*answer)
        return *stop;
      if (Error e = passBreakpoint(pid, *stop, word, signals))
        return e;
      signal = 0;
    } else if (signal == SIGTRAP) {
      // An initialiser may become another program, too.
      stop.reset();
      Expected<uint64_t> next = find(pid);
      if (!next)
        return next;
      Expected<long> old = setBreakpoint(pid, *next);
      if (!old)
        return old.takeError();
      stop = *next;
      word = *old;
      ::ptrace(PTRACE_SETOPTIONS, pid, nullptr,
               reinterpret_cast<void *>(PTRACE_O_EXITKILL));
      signal = 0;
    }
    if (::ptrace(PTRACE_CONT, pid, nullptr,
                 reinterpret_cast<void *>(static_cast<intptr_t>(signal))))
      return error("it cannot be traced");
  }
}

/// Runs \p command to where \p find and \p isThere say, shows it to \p look,
/// and ends it.
static Error runTo(const Command &command, Interruptible &signals,
                   FindStop find, IsThere isThere,
                   function_ref<Error(pid_t, uint64_t)> look) {
  Expected<pid_t> pid =
      startProgram(command, signals, /*isTraced=*/true, [](pid_t) {});
  if (!pid)
    return pid.takeError();
  Expected<uint64_t> entry = follow(*pid, signals, find, isThere);
  Error e = entry ? look(*pid, *entry) : entry.takeError();
  // Whatever it was, it is over; a child that has ended is no one's by now.
  if (::waitpid(*pid, nullptr, __WALL | WNOHANG) == 0) {
    ::kill(-*pid, SIGKILL);
    ::waitpid(*pid, nullptr, __WALL);
  }
  return e;
}

/// Whether \p pid is what \p command is about.
static bool isProgram(pid_t pid, const Command &command) {
  if (command.launcher.empty())
    return true;
  struct stat launcher, running;
  const std::string path = "/proc/" + std::to_string(pid) + "/exe";
  return ::stat(command.launcher.c_str(), &launcher) ||
         ::stat(path.c_str(), &running) || launcher.st_ino != running.st_ino ||
         launcher.st_dev != running.st_dev;
}

Error runToEntry(const Command &command, Interruptible &signals,
                 function_ref<Error(pid_t, uint64_t)> look) {
  return runTo(
      command, signals, [](pid_t pid) { return readAuxiliary(pid, AT_ENTRY); },
      [&](pid_t pid) { return isProgram(pid, command); }, look);
}

Error runToRelocated(const Command &command, uint64_t notice,
                     Interruptible &signals, function_ref<Error(pid_t)> look) {
  bool hasBegun = false;
  return runTo(
      command, signals,
      [&](pid_t pid) -> Expected<uint64_t> {
        hasBegun = false;
        Expected<uint64_t> base = readAuxiliary(pid, AT_BASE);
        if (!base)
          return base;
        return *base + notice;
      },
      [&](pid_t pid) -> Expected<bool> {
        Expected<LoaderState> state = readLoaderState(pid);
        if (!state)
          return state.takeError();
        hasBegun |= *state == LoaderState::Adding;
        return hasBegun && *state == LoaderState::Consistent;
      },
      [&](pid_t pid, uint64_t) { return look(pid); });
}

static Error writeMemory(pid_t pid, uint64_t address, StringRef text) {
  // With its end, in whole words.
  for (size_t at = 0; at <= text.size(); at += 8) {
    uint64_t word = 0;
    std::memcpy(&word, text.data() + at, std::min<size_t>(8, text.size() - at));
    if (::ptrace(PTRACE_POKEDATA, pid, reinterpret_cast<void *>(address + at),
                 reinterpret_cast<void *>(word)))
      return error("its stack cannot be written");
  }
  return Error::success();
}

namespace {
/// A process that stands at its entry, where a breakpoint is.
class Opening {
public:
  Opening(pid_t pid, uint64_t entry, const OpenRequest &request,
          Interruptible &signals)
      : pid(pid), entry(entry), request(request), signals(signals) {}
  Error run();

private:
  Error call();
  Error onNotice();
  Error checkResult() const;

  const pid_t pid;
  const uint64_t entry;
  const OpenRequest &request;
  Interruptible &signals;
  uint64_t notice = 0;
  long noticeWord = 0;
  bool hasBegun = false;
  std::set<uint64_t> old, initialisers;
};
} // namespace

/// Sets the process up to call dlopen(), which returns to the entry.
Error Opening::call() {
  constexpr uint64_t kNow = 2; // RTLD_NOW: every word can be compared.
  Expected<std::vector<LoadedObject>> list = readLoadedObjects(pid);
  if (!list)
    return list.takeError();
  uint64_t opener = 0;
  for (const LoadedObject &object : *list) {
    old.insert(object.base);
    if (request.isOpener(object))
      opener = object.base + request.opener;
  }
  user_regs_struct registers;
  if (!opener || ::ptrace(PTRACE_GETREGS, pid, nullptr, &registers))
    return error("it cannot be made to open a library");
  const uint64_t path =
      (registers.rsp - 256 - request.path.size()) & ~uint64_t(15);
  const uint64_t stack = path - 8;
  if (Error e = writeMemory(pid, path, request.path))
    return e;
  if (::ptrace(PTRACE_POKEDATA, pid, reinterpret_cast<void *>(stack),
               reinterpret_cast<void *>(entry)))
    return error("its stack cannot be written");
  registers.rsp = stack;
  registers.rip = opener;
  registers.rdi = path;
  registers.rsi = kNow;
  registers.rax = 0;
  registers.orig_rax = -1; // No system call is to be restarted.
  if (::ptrace(PTRACE_SETREGS, pid, nullptr, &registers))
    return error("it cannot be made to open a library");
  return Error::success();
}

/// Before or behind the relocations, by the version of ld.so, but before any
/// initialiser.
Error Opening::onNotice() {
  Expected<LoaderState> state = readLoaderState(pid);
  if (!state)
    return state.takeError();
  hasBegun |= *state == LoaderState::Adding;
  if (hasBegun && *state == LoaderState::Consistent && initialisers.empty()) {
    Expected<std::vector<LoadedObject>> list = readLoadedObjects(pid);
    if (!list)
      return list.takeError();
    for (const LoadedObject &object : *list)
      if (!old.count(object.base))
        for (uint64_t address : request.initialisers(object))
          if (initialisers.insert(address).second)
            if (Expected<long> word = setBreakpoint(pid, address); !word)
              return word.takeError();
  }
  return passBreakpoint(pid, notice, noticeWord, signals);
}

Error Opening::checkResult() const {
  user_regs_struct registers;
  if (::ptrace(PTRACE_GETREGS, pid, nullptr, &registers) || !registers.rax)
    return error("the loader does not open it");
  return Error::success();
}

Error Opening::run() {
  Expected<uint64_t> base = readAuxiliary(pid, AT_BASE);
  if (!base)
    return base.takeError();
  notice = *base + request.notice;
  if (Error e = call())
    return e;
  Expected<long> word = setBreakpoint(pid, notice);
  if (!word)
    return word.takeError();
  noticeWord = *word;
  int signal = 0;
  for (;;) {
    if (::ptrace(PTRACE_CONT, pid, nullptr,
                 reinterpret_cast<void *>(static_cast<intptr_t>(signal))))
      return error("it cannot be traced");
    Expected<int> status = signals.wait(pid);
    if (!status)
      return status.takeError();
    if (!WIFSTOPPED(*status))
      return error("it has ended while it opened the library");
    signal = WSTOPSIG(*status);
    if (signal != SIGTRAP)
      continue;
    user_regs_struct registers;
    if (::ptrace(PTRACE_GETREGS, pid, nullptr, &registers))
      return error("it cannot be traced");
    const uint64_t at = registers.rip - 1;
    if (initialisers.count(at))
      return Error::success();
    if (at == entry)
      return checkResult();
    if (at == notice) {
      if (Error e = onNotice())
        return e;
      signal = 0;
    }
  }
}

Error runToOpened(const Command &command, const OpenRequest &request,
                  Interruptible &signals, function_ref<Error(pid_t)> look) {
  return runToEntry(command, signals, [&](pid_t pid, uint64_t entry) -> Error {
    if (Error e = Opening(pid, entry, request, signals).run())
      return e;
    return look(pid);
  });
}

#else

Error runToOpened(const Command &, const OpenRequest &, Interruptible &,
                  function_ref<Error(pid_t)>) {
  return error("processes are traced on x86-64 only");
}

Error runToEntry(const Command &, Interruptible &,
                 function_ref<Error(pid_t, uint64_t)>) {
  return error("processes are traced on x86-64 only");
}

Error runToRelocated(const Command &, uint64_t, Interruptible &,
                     function_ref<Error(pid_t)>) {
  return error("processes are traced on x86-64 only");
}

#endif

} // namespace objprelink
