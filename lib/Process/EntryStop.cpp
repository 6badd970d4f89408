//===- EntryStop.cpp - programs up to the end of the loader's work --------===//
//
// A breakpoint at AT_ENTRY is the first place where the loader is done with all
// libraries and the program has not begun. Killing the process there is simpler
// than letting it go, and it costs the run nothing that was measured.
//
//===----------------------------------------------------------------------===//

#include "Process/MeasuredProcess.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MemoryBuffer.h"
#include <elf.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>

using namespace llvm;

namespace objprelink {

#if defined(__x86_64__)

static Expected<uint64_t> readEntry(pid_t pid) {
  const std::string path = "/proc/" + itostr(pid) + "/auxv";
  const ErrorOr<std::unique_ptr<MemoryBuffer>> file =
      MemoryBuffer::getFileAsStream(path);
  if (!file)
    return error("{0}: {1}", path, file.getError().message());
  StringRef rest = (*file)->getBuffer();
  for (; rest.size() >= 16; rest = rest.drop_front(16))
    if (support::endian::read64le(rest.data()) == AT_ENTRY)
      return support::endian::read64le(rest.data() + 8);
  return error("{0} has no AT_ENTRY", path);
}

/// Writes int3 to where the program of \p pid, which has just become it,
/// begins; returns the address.
static Expected<uint64_t> setBreakpoint(pid_t pid) {
  Expected<uint64_t> entry = readEntry(pid);
  if (!entry)
    return entry;
  errno = 0;
  const auto address = reinterpret_cast<void *>(*entry);
  const long word = ::ptrace(PTRACE_PEEKTEXT, pid, address, nullptr);
  if (errno)
    return error("its entry at {0:x} cannot be read", *entry);
  const long changed = (word & ~0xffL) | 0xcc;
  if (::ptrace(PTRACE_POKETEXT, pid, address,
               reinterpret_cast<void *>(changed)))
    return error("no breakpoint can be set at {0:x}", *entry);
  return entry;
}

static bool isAtBreakpoint(pid_t pid, uint64_t entry) {
  user_regs_struct registers;
  return ::ptrace(PTRACE_GETREGS, pid, nullptr, &registers) == 0 &&
         registers.rip == entry + 1;
}

/// Follows \p pid, which stops where it becomes the program, up to its entry,
/// whose address it returns.
static Expected<uint64_t> followToEntry(pid_t pid, Interruptible &signals) {
  std::optional<uint64_t> entry;
  for (;;) {
    Expected<int> status = signals.wait(pid);
    if (!status)
      return status.takeError();
    if (!WIFSTOPPED(*status))
      return error("it has ended before its entry");
    int signal = WSTOPSIG(*status);
    if (signal == SIGTRAP) {
      if (entry && isAtBreakpoint(pid, *entry))
        return *entry;
      // An initialiser may become another program, too.
      Expected<uint64_t> next = setBreakpoint(pid);
      if (!next)
        return next;
      entry = *next;
      ::ptrace(PTRACE_SETOPTIONS, pid, nullptr,
               reinterpret_cast<void *>(PTRACE_O_EXITKILL));
      signal = 0;
    }
    if (::ptrace(PTRACE_CONT, pid, nullptr,
                 reinterpret_cast<void *>(static_cast<intptr_t>(signal))))
      return error("it cannot be traced");
  }
}

Error runToEntry(const Command &command, Interruptible &signals,
                 function_ref<Error(pid_t, uint64_t)> look) {
  Expected<pid_t> pid =
      startProgram(command, signals, /*isTraced=*/true, [](pid_t) {});
  if (!pid)
    return pid.takeError();
  Expected<uint64_t> entry = followToEntry(*pid, signals);
  Error e = entry ? look(*pid, *entry) : entry.takeError();
  // Whatever it was, it is over; a child that has ended is no one's by now.
  if (::waitpid(*pid, nullptr, __WALL | WNOHANG) == 0) {
    ::kill(-*pid, SIGKILL);
    ::waitpid(*pid, nullptr, __WALL);
  }
  return e;
}

#else

Error runToEntry(const Command &, Interruptible &,
                 function_ref<Error(pid_t, uint64_t)>) {
  return error("processes are traced on x86-64 only");
}

#endif

} // namespace objprelink
