/*===- main.c - objprelink-start ------------------------------------------===//
//
// Becomes the program, which finds its words bound if there is a table for it
// that fits. It is linked without libc: starting libc costs more than all that
// is done here.
//
// Whatever is not as expected is no reason to fail: the program is started as
// it always was. Files that have changed since the table was made are found
// here already, before the loader is asked to load anything more: beside the
// runtime it has less room for thread-local storage, and a library that needs
// more than its predecessor must not keep the program from starting.
//
//===----------------------------------------------------------------------===*/

#include "Prefetch.h"
#include "Runtime/Name.h"
#include "Runtime/System.h"
#include "Runtime/TableReader.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/auxvec.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MOST_PATH 4096

enum Mode { Off, Use, Require, Debug, Record };

struct Launch {
  enum Mode mode;
  char **arguments; ///< of the program
  char **environment;
  const char *given; ///< the table that is named, or null
  const char *via;   ///< what runs on the way to the table's program, or null
  uint32_t user;
  char program[MOST_PATH];  ///< what is executed
  char real[MOST_PATH];     ///< without symbolic links
  char folder[MOST_PATH];   ///< of the runtime, with a slash behind it
  char runtime[MOST_PATH];  ///< the variable that has the loader load it
  char table[MOST_PATH];    ///< "OBJPRELINK_TABLE=" and that of the table
  char variable[MOST_PATH]; ///< the same, with what is on the way before it
  char tunables[128];       ///< empty, or "GLIBC_TUNABLES=" and our own
};

static _Noreturn void leave(int status) {
  for (;;)
    preboundCall(SYS_exit_group, status, 0, 0, 0, 0, 0);
}

static void say(const char *a, const char *b, const char *c) {
  const char *const texts[] = {"objprelink-start: ", a, ": ", b,
                               c ? ": " : 0,         c, 0};
  preboundSay(texts);
}

/// Appends \p size bytes of \p text to the text at \p to. Returns nonzero if it
/// is too long.
static int append(char to[MOST_PATH], const char *text, size_t size) {
  const size_t length = preboundLength(to);
  if (size >= MOST_PATH - length)
    return 1;
  for (size_t i = 0; i < size; ++i)
    to[length + i] = text[i];
  to[length + size] = 0;
  return 0;
}

static int appendText(char to[MOST_PATH], const char *text) {
  return append(to, text, preboundLength(text));
}

/// What the symbolic link \p path leads to; nonzero if that cannot be told.
static int readLink(const char *path, char out[MOST_PATH]) {
  const long size = preboundCall(SYS_readlinkat, AT_FDCWD, (long)path,
                                 (long)out, MOST_PATH - 1, 0, 0);
  if (preboundFailed(size) || size >= MOST_PATH - 1)
    return 1;
  out[size] = 0;
  return 0;
}

/// Appends \p number in decimal digits to the text at \p to, which has room.
static void appendNumber(char *to, uint32_t number) {
  size_t at = preboundLength(to);
  uint32_t divisor = 1;
  while (number / divisor >= 10)
    divisor *= 10;
  for (; divisor; divisor /= 10)
    to[at++] = (char)('0' + number / divisor % 10);
  to[at] = 0;
}

/// The path of the file that is open as \p fd.
static int readPath(int fd, char out[MOST_PATH]) {
  char link[32] = "/proc/self/fd/";
  appendNumber(link, (uint32_t)fd);
  return readLink(link, out);
}

static long execute(const struct Launch *launch, char *const *environment) {
  return preboundCall(SYS_execve, (long)launch->program,
                      (long)launch->arguments, (long)environment, 0, 0, 0);
}

static int isProgram(struct Launch *launch) {
  struct stat status;
  return preboundStat(launch->program, &status) && S_ISREG(status.st_mode) &&
         !preboundFailed(preboundCall(SYS_faccessat, AT_FDCWD,
                                      (long)launch->program, X_OK, 0, 0, 0));
}

/// Finds what execvp(3) would execute. A name with a slash is what it is.
static int search(struct Launch *launch) {
  const char *name = launch->arguments[0];
  launch->program[0] = 0;
  for (const char *at = name; *at; ++at)
    if (*at == '/')
      return !appendText(launch->program, name);
  const char *folders = preboundEnvironment(launch->environment, "PATH");
  if (!folders)
    folders = "/bin:/usr/bin";
  for (const char *at = folders;; ++at) {
    const char *end = at;
    while (*end && *end != ':')
      ++end;
    launch->program[0] = 0;
    if (!append(launch->program, at, (size_t)(end - at)) &&
        (end == at || !appendText(launch->program, "/")) &&
        !appendText(launch->program, name) && isProgram(launch))
      return 1;
    if (!*end)
      return 0;
    at = end;
  }
}

/// Whether a folder of tables may be used: nobody but root and the user may
/// write there.
static int isSafe(const struct Launch *launch, const char *folder) {
  struct stat status;
  return preboundStat(folder, &status) && S_ISDIR(status.st_mode) &&
         (status.st_uid == 0 || status.st_uid == launch->user) &&
         !(status.st_mode & (S_IWGRP | S_IWOTH));
}

/// Compares what can be compared before the program is there.
static const char *checkTable(const struct Launch *launch,
                              const struct PreboundTable *table) {
  const struct PreboundHeader *header = table->header;
  // Where another program starts it, that one need not be an ELF file.
  if (!launch->via &&
      !preboundEqual(preboundText(table, header->program), launch->real))
    return "the table is another program's";
  const char *preload = preboundEnvironment(launch->environment, "LD_PRELOAD");
  if (!preboundEqual(preboundText(table, header->preload),
                     preload ? preload : ""))
    return "LD_PRELOAD is another";
  const char *path =
      preboundEnvironment(launch->environment, "LD_LIBRARY_PATH");
  if (!preboundEqual(preboundText(table, header->libraryPath),
                     path ? path : ""))
    return "LD_LIBRARY_PATH is another";
  for (uint32_t i = 0; i < table->objectCount; ++i) {
    const struct PreboundObject *object = &table->objects[i];
    if (!preboundIsSame(preboundText(table, object->path), &object->file)) {
      if (launch->mode >= Require)
        say(launch->arguments[0], preboundText(table, object->path),
            "the file has been changed");
      // After "OBJPRELINK_TABLE=".
      preboundMark(preboundValueOf(launch->table, "OBJPRELINK_TABLE"));
      return "the table is out of date";
    }
  }
  return 0;
}

/// Has the loader make room for \p size bytes of thread-local storage.
static const char *setTunables(struct Launch *launch, uint32_t size) {
  static const char kBegin[] = "GLIBC_TUNABLES=" PREBOUND_TLS_TUNABLE "=";
  launch->tunables[0] = 0;
  if (!size)
    return 0;
  const char *users =
      preboundEnvironment(launch->environment, "GLIBC_TUNABLES");
  // A shell has one variable of a name.
  if (users && launch->via)
    return "GLIBC_TUNABLES is set";
  for (; users && *users; ++users)
    if (preboundValueOf(users, PREBOUND_TLS_TUNABLE))
      return "GLIBC_TUNABLES has " PREBOUND_TLS_TUNABLE;
  for (size_t i = 0; i < sizeof(kBegin); ++i)
    launch->tunables[i] = kBegin[i];
  appendNumber(launch->tunables, size);
  return 0;
}

/// Whether the file \p name of the runtime's folder is there.
static int hasFile(const struct Launch *launch, const char *name) {
  char path[MOST_PATH] = "";
  struct stat status;
  return !appendText(path, launch->folder) && !appendText(path, name) &&
         preboundStat(path, &status) && S_ISREG(status.st_mode);
}

/// Has the loader load the runtime as an audit object, or behind \p chain
/// libraries that begin with one which it preloads.
static const char *setRuntime(struct Launch *launch, uint32_t chain) {
  char name[MOST_PATH] = "libobjprelink-start.so";
  if (chain) {
    name[0] = 0;
    appendText(name, PREBOUND_CHAIN);
    appendNumber(name, chain);
    appendText(name, ".so");
  }
  if (!hasFile(launch, name))
    return "the runtime is not there";
  const char *users = preboundEnvironment(launch->environment, "LD_PRELOAD");
  // A shell has one variable of a name.
  if (chain && users && launch->via)
    return "LD_PRELOAD is set";
  launch->runtime[0] = 0;
  appendText(launch->runtime, chain ? "LD_PRELOAD=" : "LD_AUDIT=");
  if (chain && users && *users &&
      (appendText(launch->runtime, users) || appendText(launch->runtime, ":")))
    return "LD_PRELOAD is too long";
  for (const char *at = launch->folder; *at; ++at)
    if (*at == ':' || (chain && *at == ' '))
      return "the path of the runtime has a colon or a space";
  return appendText(launch->runtime, launch->folder) ||
                 appendText(launch->runtime, name)
             ? "the path of the runtime is too long"
             : 0;
}

/// Tries the table whose path stands in \p launch, from \p begin on. Returns
/// why it does not fit, or null.
static const char *tryTable(struct Launch *launch, size_t begin) {
  const char *path = launch->table + begin;
  struct PreboundMapping mapping;
  const char *reason = preboundMapTable(path, launch->user, &mapping);
  if (reason)
    return reason;
  // The runtime sums it up.
  struct PreboundTable table;
  reason = preboundRead(mapping.data, mapping.size, /*summed=*/0, &table);
  if (reason)
    return reason;
  reason = checkTable(launch, &table);
  if (!reason)
    reason = setRuntime(launch, table.header->chain);
  if (!reason)
    reason = setTunables(launch, table.header->staticTls);
  if (reason)
    preboundCount(path, 0);
  else
    prefetch(&table);
  return reason;
}

/// Tries the table of \p launch in \p folder, to which \p below is added.
/// Returns why there is none that fits, or null.
static const char *tryFolder(struct Launch *launch, const char *folder,
                             const char *below) {
  char *path = launch->table;
  path[0] = 0;
  appendText(path, "OBJPRELINK_TABLE=");
  const size_t begin = preboundLength(path);
  char name[PREBOUND_NAME_SIZE];
  preboundName(launch->real, preboundLength(launch->real), name);
  if (folder[0] != '/' || appendText(path, folder) || appendText(path, below))
    return "it has no table";
  struct stat status;
  if (!preboundStat(path + begin, &status))
    return "it has no table";
  if (!isSafe(launch, path + begin))
    return "others may write to the folder of its table";
  if (appendText(path, "/") || appendText(path, name) ||
      !preboundStat(path + begin, &status))
    return "it has no table";
  return tryTable(launch, begin);
}

/// Tries the table that is named.
static const char *tryGiven(struct Launch *launch) {
  char *path = launch->table;
  path[0] = 0;
  appendText(path, "OBJPRELINK_TABLE=");
  const size_t begin = preboundLength(path);
  if (launch->given[0] != '/')
    return "the path of its table is not absolute";
  if (appendText(path, launch->given))
    return "the path of its table is too long";
  struct stat status;
  if (!preboundStat(path + begin, &status))
    return "its table is not there";
  size_t end = preboundLength(path);
  while (path[end - 1] != '/')
    --end;
  const char first = path[end];
  path[end] = 0;
  const int safe = isSafe(launch, path + begin);
  path[end] = first;
  return safe ? tryTable(launch, begin)
              : "others may write to the folder of its table";
}

/// Makes the variable that names the table: behind a colon, what is on the way
/// to its program stands before it.
static const char *setVariable(struct Launch *launch) {
  launch->variable[0] = 0;
  appendText(launch->variable, "OBJPRELINK_TABLE=");
  const char *path = preboundValueOf(launch->table, "OBJPRELINK_TABLE");
  if (launch->via) {
    for (const char *at = path; *at; ++at)
      if (*at == ':')
        return "the path of its table has a colon";
    if (appendText(launch->variable, ":") ||
        appendText(launch->variable, launch->via) ||
        appendText(launch->variable, ":"))
      return "what is on the way has too long a path";
  }
  return appendText(launch->variable, path)
             ? "what is on the way has too long a path"
             : 0;
}

static const char *findTable(struct Launch *launch) {
  if (launch->given)
    return tryGiven(launch);
  const char *reason = "it has no table";
  const char *cache =
      preboundEnvironment(launch->environment, "XDG_CACHE_HOME");
  const char *home = preboundEnvironment(launch->environment, "HOME");
  if (cache && *cache)
    reason = tryFolder(launch, cache, "/" PREBOUND_USER_FOLDER);
  else if (home && *home)
    reason = tryFolder(launch, home, "/.cache/" PREBOUND_USER_FOLDER);
  if (!reason)
    return 0;
  const char *second = tryFolder(launch, PREBOUND_SYSTEM_FOLDER, "");
  // The user's own table is the one to hear about, if there is one.
  return second && preboundEqual(reason, "it has no table") ? second
         : second                                           ? reason
                                                            : 0;
}

/// Whether the environment is one in which a table may be used.
static const char *checkEnvironment(const struct Launch *launch) {
  static const char *const kOthers[] = {"LD_AUDIT", "LD_BIND_NOT",
                                        "LD_DYNAMIC_WEAK", "LD_PROFILE",
                                        "LD_TRACE_LOADED_OBJECTS"};
  for (unsigned i = 0; i < sizeof(kOthers) / sizeof(*kOthers); ++i)
    if (preboundEnvironment(launch->environment, kOthers[i]))
      return kOthers[i];
  struct stat status;
  if (preboundStat("/etc/ld.so.preload", &status) && status.st_size)
    return "/etc/ld.so.preload is not empty";
  return 0;
}

/// Finds the folder of the runtime beside this program.
static const char *findRuntime(struct Launch *launch) {
  char self[MOST_PATH];
  if (readLink("/proc/self/exe", self))
    return "the runtime is not to be found without /proc";
  size_t end = preboundLength(self);
  while (end && self[end - 1] != '/')
    --end;
  return append(launch->folder, self, end) ||
                 appendText(launch->folder, OBJPRELINK_RUNTIME "/")
             ? "the path of the runtime is too long"
             : 0;
}

static const char *prepare(struct Launch *launch) {
  const char *reason = checkEnvironment(launch);
  if (reason)
    return reason;
  const int fd = (int)preboundCall(SYS_openat, AT_FDCWD, (long)launch->program,
                                   O_PATH | O_CLOEXEC, 0, 0, 0);
  if (fd < 0 || readPath(fd, launch->real))
    return "its path is not to be found without /proc";
  struct stat status;
  if (!preboundStat(launch->program, &status) ||
      (status.st_mode & (S_ISUID | S_ISGID)))
    return "the program is privileged";
  reason = findRuntime(launch);
  if (!reason)
    reason = findTable(launch);
  return reason ? reason : setVariable(launch);
}

static _Noreturn void fail(const struct Launch *launch, long result) {
  const char *reason = "it cannot be started";
  if (result == -ENOENT)
    reason = "there is no such program";
  if (result == -EACCES)
    reason = "it may not be executed";
  say("error", launch->arguments[0], reason);
  leave(result == -ENOENT ? 127 : 126);
}

/// Becomes the program as execvp(3) does: what the kernel does not know is a
/// script for sh.
static _Noreturn void startPlain(struct Launch *launch) {
  const long result = execute(launch, launch->environment);
  if (result != -ENOEXEC)
    fail(launch, result);
  size_t count = 0;
  while (launch->arguments[count])
    ++count;
  char *arguments[count + 2];
  arguments[0] = (char *)"/bin/sh";
  arguments[1] = launch->program;
  for (size_t i = 1; i <= count; ++i)
    arguments[i + 1] = launch->arguments[i];
  fail(launch, preboundCall(SYS_execve, (long)arguments[0], (long)arguments,
                            (long)launch->environment, 0, 0, 0));
}

static _Noreturn void start(struct Launch *launch) {
  if (!search(launch))
    fail(launch, -ENOENT);
  const char *reason =
      launch->mode == Off ? "OBJPRELINK is off" : prepare(launch);
  if (!reason) {
    size_t count = 0;
    while (launch->environment[count])
      ++count;
    char *environment[count + 5];
    size_t to = 0;
    for (size_t i = 0; i < count; ++i)
      if (!preboundValueOf(launch->environment[i], "OBJPRELINK_TABLE") &&
          !preboundValueOf(launch->environment[i], PREBOUND_TLS_MARK))
        environment[to++] = launch->environment[i];
    environment[to++] = launch->runtime;
    environment[to++] = launch->variable;
    if (launch->tunables[0]) {
      environment[to++] = launch->tunables;
      environment[to++] = (char *)PREBOUND_TLS_MARK "=";
    }
    environment[to] = 0;
    fail(launch, execute(launch, environment));
  }
  if (launch->mode == Debug || launch->mode == Record)
    say(launch->arguments[0], reason, 0);
  if (launch->mode == Require) {
    say("error", launch->arguments[0], reason);
    leave(126);
  }
  startPlain(launch);
}

static const char kHelp[] =
    "objprelink-start: start a program by the table that objprelink-bind has "
    "made for\n  it\n\n"
    "usage: objprelink-start [options] <program> [<argument>...]\n\n"
    "example:\n"
    "  objprelink-bind kate && objprelink-start kate --new\n\n"
    "options:\n"
    "  --table=<file>          Use this table and no other\n"
    "  --via=<paths>           The program of the table is one that <program> "
    "starts,\n"
    "                          by way of these, which are separated by colons\n"
    "  -h, --help              Print this text\n"
    "  -V, --version           Print the version\n\n"
    "OBJPRELINK in the environment says what to do with the table: use (or "
    "yes, "
    "1),\noff (no, 0), require, debug or record.\n";

static void print(int fd, const char *text) {
  preboundCall(SYS_write, fd, (long)text, (long)preboundLength(text), 0, 0, 0);
}

__attribute__((used)) static _Noreturn void begin(uint64_t *stack) {
  static struct Launch launch;
  const uint64_t count = stack[0];
  launch.arguments = (char **)(stack + 1);
  launch.environment = launch.arguments + count + 1;
  launch.user = (uint32_t)preboundAuxiliary(launch.environment, AT_UID);
  if (count > 1 && (preboundEqual(launch.arguments[1], "--help") ||
                    preboundEqual(launch.arguments[1], "-h"))) {
    print(1, kHelp);
    leave(0);
  }
  if (count > 1 && (preboundEqual(launch.arguments[1], "--version") ||
                    preboundEqual(launch.arguments[1], "-V"))) {
    print(1, "objprelink-start " OBJPRELINK_VERSION "\n");
    leave(0);
  }
  ++launch.arguments;
  for (; *launch.arguments && launch.arguments[0][0] == '-';
       ++launch.arguments) {
    const char *argument = launch.arguments[0];
    const char *table = preboundValueOf(argument, "--table");
    const char *via = preboundValueOf(argument, "--via");
    if (preboundEqual(argument, "--")) {
      ++launch.arguments;
      break;
    }
    if (table && *table) {
      launch.given = table;
    } else if (via && *via) {
      launch.via = via;
    } else {
      say("error: unknown argument", argument, 0);
      leave(2);
    }
  }
  if (!*launch.arguments) {
    say("error", "no program", 0);
    leave(2);
  }
  if (launch.via && !launch.given) {
    say("error", "--via needs --table", 0);
    leave(2);
  }
  const char *wish = preboundEnvironment(launch.environment, "OBJPRELINK");
  launch.mode = Use;
  if (wish && (preboundEqual(wish, "off") || preboundEqual(wish, "no") ||
               preboundEqual(wish, "0")))
    launch.mode = Off;
  else if (wish && preboundEqual(wish, "debug"))
    launch.mode = Debug;
  else if (wish && preboundEqual(wish, "require"))
    launch.mode = Require;
  else if (wish && preboundEqual(wish, "record"))
    launch.mode = Record;
  else if (wish && *wish && !preboundEqual(wish, "use") &&
           !preboundEqual(wish, "yes") && !preboundEqual(wish, "1")) {
    say("error: unknown value in OBJPRELINK; it can be use, yes, 1, off, no, "
        "0, "
        "require, debug, record",
        wish, 0);
    leave(2);
  }
  start(&launch);
}

__asm__(".globl _start\n"
        ".type _start, @function\n"
        "_start:\n"
        "  endbr64\n"
        "  xor %ebp, %ebp\n"
        "  mov %rsp, %rdi\n"
        "  and $-16, %rsp\n"
        "  call begin\n"
        "  hlt\n"
        ".size _start, . - _start\n");
