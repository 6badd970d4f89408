/*===- Preload.c - catches linkers that a build runs by path ----*- C -*-=====*\
|*
|* objprelink-build puts a folder of linkers first into PATH and COMPILER_PATH,
|* which is enough for most builds. This library is for the others: it is
|* preloaded into every program of the build, and where one of them starts a
|* linker by its path, ld.objprelink is started instead, with the same
|* arguments.
|*
|* All settings travel in the environment that the new program gets, so there
|* is no state here: without OBJPRELINK_BUILD_LINKER in it nothing is changed,
and
|* a build that clears the environment has its way. A linker loses these
|* variables, and what it starts itself is left alone: so one that is a script
|* never comes back to itself.
|*
|* This runs between vfork and exec, in the memory of the parent and perhaps in
|* a signal handler: it allocates on the stack only, and calls what is
|* async-signal-safe. The C library's system and popen start their shell without
|* passing through here, but the shell does pass.
|*
\*===----------------------------------------------------------------------===*/

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

#define SETTING "OBJPRELINK_BUILD_"
static const char kLinker[] = SETTING "LINKER=";
static const char kShims[] = SETTING "SHIMS=";
/* Behind the prefix stands the assignment that a caught linker gets. */
static const char kLog[] = SETTING "OBJPRELINK_LOG=";
static const char kOrder[] = "verify_asan_link_order=";

static int (*nextExecve)(const char *, char *const[], char *const[]);
static int (*nextExecvpe)(const char *, char *const[], char *const[]);
static int (*nextFexecve)(int, char *const[], char *const[]);
typedef int Spawn(pid_t *, const char *, const posix_spawn_file_actions_t *,
                  const posix_spawnattr_t *, char *const[], char *const[]);
static Spawn *nextSpawn, *nextSpawnp;

/* Looked up before anything forks: dlsym is not async-signal-safe. */
__attribute__((constructor)) static void findNext(void) {
  *(void **)&nextExecve = dlsym(RTLD_NEXT, "execve");
  *(void **)&nextExecvpe = dlsym(RTLD_NEXT, "execvpe");
  *(void **)&nextFexecve = dlsym(RTLD_NEXT, "fexecve");
  *(void **)&nextSpawn = dlsym(RTLD_NEXT, "posix_spawn");
  *(void **)&nextSpawnp = dlsym(RTLD_NEXT, "posix_spawnp");
}

/* One call of any of the families. */
struct Start {
  bool spawn, search;
  const char *file;
  char *const *arguments;
  char *const *environment;
  /* These are posix_spawn's. */
  pid_t *child;
  const posix_spawn_file_actions_t *actions;
  const posix_spawnattr_t *attributes;
};

static bool startsWith(const char *text, const char *start) {
  return strncmp(text, start, strlen(start)) == 0;
}

/* The value of an assignment; NAME ends with the equals sign. */
static const char *find(char *const *environment, const char *name) {
  for (; environment && *environment; ++environment)
    if (startsWith(*environment, name))
      return *environment + strlen(name);
  return NULL;
}

static size_t count(char *const *list) {
  size_t n = 0;
  for (; list && list[n]; ++n)
    ;
  return n;
}

static const char *fileName(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

/* ld.lld-22 is a name of ld.lld. */
static bool isVersioned(const char *name, const char *plain) {
  if (!startsWith(name, plain))
    return false;
  const char *version = name + strlen(plain);
  if (*version++ != '-' || !*version)
    return false;
  return version[strspn(version, "0123456789.")] == 0;
}

static bool isLinkerName(const char *name) {
  /* Linkers of other systems and machines are none of our business. */
  if (startsWith(name, "x86_64-") ||
      (name[0] == 'i' && startsWith(name + 2, "86-"))) {
    const char *tail = strstr(name, "-ld");
    const char *os = strstr(name, "-linux");
    if (!tail || !os || os > tail)
      return false;
    name = tail + 1;
  }
  static const char *const names[] = {"ld",      "ld.bfd", "ld.gold", "ld.lld",
                                      "ld.mold", "mold",   "lld"};
  for (size_t i = 0; i < sizeof names / sizeof *names; ++i)
    if (strcmp(name, names[i]) == 0)
      return true;
  return isVersioned(name, "ld.lld");
}

/* Whether these are the arguments of a link. lld is several linkers in one, and
   "mold -run" does for mold what objprelink-build does for ld.objprelink. */
static bool linksWith(const char *name, char *const *arguments) {
  const char *first = arguments && arguments[0] ? arguments[1] : NULL;
  if (strcmp(name, "mold") == 0)
    return !first ||
           (strcmp(first, "-run") != 0 && strcmp(first, "--run") != 0);
  if (strcmp(name, "lld") == 0) {
    if (!first || strcmp(first, "-flavor") != 0 || !arguments[2])
      return false;
    return strcmp(arguments[2], "gnu") == 0 ||
           strcmp(arguments[2], "ld") == 0 ||
           strcmp(arguments[2], "ld.lld") == 0;
  }
  return true;
}

/* A wrapper adds arguments; it is left to do that, and the linker that it
   starts comes by here. */
static bool isScript(const char *path) {
  char start[2] = "";
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return false;
  const ssize_t got = read(fd, start, sizeof start);
  close(fd);
  return got == sizeof start && start[0] == '#' && start[1] == '!';
}

/* What the search for FILE in PATH ends at, in ROOM; null if at nothing. */
static const char *search(const char *file, char room[PATH_MAX]) {
  if (strchr(file, '/'))
    return file;
  const char *path = find(environ, "PATH=");
  if (!path)
    path = "/bin:/usr/bin";
  for (;; ++path) {
    const size_t length = strcspn(path, ":");
    if (length + strlen(file) + 2 <= PATH_MAX) {
      memcpy(room, path, length);
      room[length] = 0;
      if (length)
        strcat(room, "/");
      strcat(room, file);
      if (access(room, X_OK) == 0)
        return room;
    }
    path += length;
    if (!*path)
      return NULL;
  }
}

/* Ours is ld.objprelink, found in the ordinary way; Foreign is replaced. */
enum Role { Other, Ours, Foreign };

static enum Role roleOf(const struct Start *start, const char *linker,
                        char room[PATH_MAX]) {
  const char *name = fileName(start->file);
  if (!isLinkerName(name) && strcmp(start->file, linker) != 0)
    return Other;
  const char *path = start->file;
  if (start->search)
    path = search(path, room);
  if (!path || access(path, X_OK) != 0)
    return Other;
  if (strcmp(path, linker) == 0)
    return Ours;
  const char *shims = find(start->environment, kShims);
  const size_t length = shims ? strlen(shims) : 0;
  if (length && startsWith(path, shims) && path + length + 1 == fileName(path))
    return Ours;
  return linksWith(name, start->arguments) && !isScript(path) ? Foreign : Other;
}

/* The environment of a linker, in COPY: without our settings, and with the log
   of caught links in place of the other if the library has caught this one. */
static void writeLinkerEnvironment(char *const *environment, bool caught,
                                   char **copy) {
  const char *log = caught ? find(environment, kLog) : NULL;
  for (; *environment; ++environment)
    if (!startsWith(*environment, SETTING) &&
        !(log && startsWith(*environment, "OBJPRELINK_LOG=")))
      *copy++ = *environment;
  if (log)
    *copy++ = (char *)log - strlen("OBJPRELINK_LOG=");
  *copy = NULL;
}

/* AddressSanitizer as a shared library stops programs that have another one
   loaded before it unless told not to. objprelink-build tells it; a build that
   sets ASAN_OPTIONS anew is helped here. */
static void writeSanitizerOptions(const char *old, char *options) {
  strcpy(options, "ASAN_OPTIONS=");
  strcat(options, old);
  strcat(options, *old ? ":" : "");
  strcat(options, kOrder);
  strcat(options, "0");
}

static int forward(const struct Start *start, const char *file, bool search,
                   char *const *environment) {
  if (!nextExecve)
    findNext();
  if (start->spawn)
    return (search ? nextSpawnp : nextSpawn)(start->child, file, start->actions,
                                             start->attributes,
                                             start->arguments, environment);
  return (search ? nextExecvpe : nextExecve)(file, start->arguments,
                                             environment);
}

static int run(const struct Start *start) {
  char *const *old = start->environment;
  const char *linker = find(old, kLinker);
  if (!linker)
    return forward(start, start->file, start->search, old);

  char room[PATH_MAX];
  char *environment[count(old) + 1];
  const enum Role role = roleOf(start, linker, room);
  if (role != Other) {
    writeLinkerEnvironment(old, role == Foreign, environment);
    return role == Foreign
               ? forward(start, linker, false, environment)
               : forward(start, start->file, start->search, environment);
  }

  const char *sanitizer = find(old, "ASAN_OPTIONS=");
  if (!sanitizer || strstr(sanitizer, kOrder))
    return forward(start, start->file, start->search, old);
  char options[strlen("ASAN_OPTIONS=") + strlen(sanitizer) + sizeof kOrder + 2];
  writeSanitizerOptions(sanitizer, options);
  for (size_t i = 0; i <= count(old); ++i)
    environment[i] =
        old[i] && startsWith(old[i], "ASAN_OPTIONS=") ? options : old[i];
  return forward(start, start->file, start->search, environment);
}

static int runExec(const char *file, bool search, char *const *arguments,
                   char *const *environment) {
  const struct Start start = {.search = search,
                              .file = file,
                              .arguments = arguments,
                              .environment = environment};
  return run(&start);
}

EXPORT int execve(const char *path, char *const arguments[],
                  char *const environment[]) {
  return runExec(path, false, arguments, environment);
}

EXPORT int execv(const char *path, char *const arguments[]) {
  return runExec(path, false, arguments, environ);
}

EXPORT int execvp(const char *file, char *const arguments[]) {
  return runExec(file, true, arguments, environ);
}

EXPORT int execvpe(const char *file, char *const arguments[],
                   char *const environment[]) {
  return runExec(file, true, arguments, environment);
}

EXPORT int fexecve(int fd, char *const arguments[], char *const environment[]) {
  char link[32], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t length = readlink(link, path, sizeof path - 1);
  if (length > 0) {
    path[length] = 0;
    if (isLinkerName(fileName(path)))
      return runExec(path, false, arguments, environment);
  }
  if (!nextFexecve)
    findNext();
  return nextFexecve(fd, arguments, environment);
}

/* What execl and the like do; CALL may take the argument after the list. */
#define WITH_LIST(first, call)                                                 \
  va_list list;                                                                \
  size_t n = 1;                                                                \
  va_start(list, first);                                                       \
  while (va_arg(list, char *))                                                 \
    ++n;                                                                       \
  va_end(list);                                                                \
  char *arguments[n + 1];                                                      \
  arguments[0] = (char *)first;                                                \
  va_start(list, first);                                                       \
  for (size_t i = 1; i <= n; ++i)                                              \
    arguments[i] = va_arg(list, char *);                                       \
  const int result = call;                                                     \
  va_end(list);                                                                \
  return result

EXPORT int execl(const char *path, const char *first, ...) {
  WITH_LIST(first, runExec(path, false, arguments, environ));
}

EXPORT int execlp(const char *file, const char *first, ...) {
  WITH_LIST(first, runExec(file, true, arguments, environ));
}

EXPORT int execle(const char *path, const char *first, ...) {
  WITH_LIST(first, runExec(path, false, arguments, va_arg(list, char **)));
}

EXPORT int posix_spawn(pid_t *child, const char *path,
                       const posix_spawn_file_actions_t *actions,
                       const posix_spawnattr_t *attributes,
                       char *const arguments[], char *const environment[]) {
  const struct Start start = {true,        false, path,    arguments,
                              environment, child, actions, attributes};
  return run(&start);
}

EXPORT int posix_spawnp(pid_t *child, const char *file,
                        const posix_spawn_file_actions_t *actions,
                        const posix_spawnattr_t *attributes,
                        char *const arguments[], char *const environment[]) {
  const struct Start start = {true,        true,  file,    arguments,
                              environment, child, actions, attributes};
  return run(&start);
}
