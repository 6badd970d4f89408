/* Runs a program where files of ours lie over files of the system: for this
 * program and its children alone, until the last of them has ended.
 *
 * usage: enter LIST PROGRAM [ARGUMENT]...
 *
 * LIST holds pairs of lines, a file and the path that it shall lie over. Both
 * the mounts and the processes are in namespaces of their own, so nothing of it
 * is seen outside, daemons that the program starts end with it, and process ids
 * are the same in each run. Ends with the program's status, or 128 and the
 * number of the signal that ended it; 125 when the place cannot be made. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void fail(const char *what, const char *path) {
  fprintf(stderr, "enter: %s %s: %s\n", what, path, strerror(errno));
  exit(125);
}

static void put(const char *path, const char *format, unsigned id) {
  int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0 || dprintf(file, format, id, id) < 0)
    fail("cannot write", path);
  close(file);
}

static void makeNamespaces(void) {
  const int wanted = CLONE_NEWNS | CLONE_NEWPID;
  unsigned user = geteuid(), group = getegid();
  if (unshare(wanted)) {
    if (errno != EPERM || unshare(wanted | CLONE_NEWUSER))
      fail("cannot make", "namespaces");
    put("/proc/self/setgroups", "deny", 0);
    put("/proc/self/uid_map", "%u %u 1", user);
    put("/proc/self/gid_map", "%u %u 1", group);
  }
  /* Before all else: from here on no mount is seen outside. */
  if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL))
    fail("cannot make private", "/");
}

static char *line(FILE *list) {
  char *text = NULL;
  size_t room = 0;
  ssize_t length = getline(&text, &room, list);
  if (length <= 0)
    return NULL;
  if (text[length - 1] == '\n')
    text[length - 1] = 0;
  return text;
}

static void cover(const char *path) {
  FILE *list = fopen(path, "re");
  char *from, *to;
  struct stat old, new, seen;
  if (!list)
    fail("cannot read", path);
  while ((from = line(list)) && (to = line(list))) {
    if (stat(from, &new) || !S_ISREG(new.st_mode))
      fail("no regular file is", from);
    if (stat(to, &old) || !S_ISREG(old.st_mode))
      fail("no regular file is", to);
    if (mount(from, to, NULL, MS_BIND, NULL))
      fail("cannot cover", to);
    if (stat(to, &seen) || seen.st_ino != new.st_ino ||
        seen.st_dev != new.st_dev)
      fail("still uncovered is", to);
    free(from);
    free(to);
  }
  fclose(list);
}

/* The number that a shell gives for the status. */
static int number(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* The first process of the namespace: when it ends, all others do. */
static int first(char **command) {
  int status;
  pid_t ended, program;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL))
    fail("cannot mount", "/proc");
  program = fork();
  if (program < 0)
    fail("cannot fork for", command[0]);
  if (!program) {
    execvp(command[0], command);
    fail("cannot run", command[0]);
  }
  while ((ended = wait(&status)) != program)
    if (ended < 0 && errno != EINTR)
      fail("cannot wait for", command[0]);
  return number(status);
}

int main(int argc, char **argv) {
  int status;
  pid_t child;
  if (argc < 3) {
    fputs("usage: enter LIST PROGRAM [ARGUMENT]...\n", stderr);
    return 125;
  }
  makeNamespaces();
  cover(argv[1]);
  child = fork();
  if (child < 0)
    fail("cannot fork for", argv[2]);
  if (!child)
    return first(argv + 2);
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR)
      fail("cannot wait for", argv[2]);
  return number(status);
}
