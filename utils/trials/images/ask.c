/* Loads a library and asks functions and objects of its own what they are:
 *
 * usage: ask LIBRARY QUESTIONS
 *
 * QUESTIONS is a file with a line for each: KIND NAME SIZE. Each function is
 * asked in a process of its own, with a limit of time, so one that crashes is
 * an answer, too. KIND says how (kinds.c), SIZE is the symbol's. */
#include "say.h"
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* A machine may be busy with other things: what counts is the processor's time.
 */
static const unsigned seconds = 10, mostSeconds = 90;

static void askOne(void *library, const char *kind, const char *name,
                   size_t size) {
  void *address = dlsym(library, name);
  about(name, -1);
  sayPlace("is at", address);
  if (address && !ask(kind, name, address, size))
    puts("ask: no such kind");
  fflush(stdout);
}

static int inAnother(void *library, const char *kind, const char *name,
                     size_t size) {
  int status;
  fflush(stdout);
  pid_t child = fork();
  if (!child) {
    const struct rlimit limit = {seconds, seconds};
    setrlimit(RLIMIT_CPU, &limit);
    alarm(mostSeconds);
    askOne(library, kind, name, size);
    _exit(0);
  }
  if (child < 0 || waitpid(child, &status, 0) < 0)
    return 0;
  if (WIFSIGNALED(status))
    printf("%s: signal %d\n", name, WTERMSIG(status));
  else if (WEXITSTATUS(status))
    printf("%s: status %d\n", name, WEXITSTATUS(status));
  return 1;
}

int main(int argc, char **argv) {
  char kind[32], name[4096];
  size_t size;
  FILE *questions = argc == 3 ? fopen(argv[2], "re") : NULL;
  if (!questions)
    return fputs("usage: ask LIBRARY QUESTIONS\n", stderr), 2;
  /* What a library prints by itself is not its answer. */
  dup2(open("/dev/null", O_RDWR | O_CLOEXEC), 2);
  void *library = dlopen(argv[1], RTLD_LAZY | RTLD_GLOBAL);
  if (!library)
    return puts("not loaded"), 0;
  while (fscanf(questions, "%31s %4095s %zu", kind, name, &size) == 3)
    if (!strcmp(kind, "object"))
      askOne(library, kind, name, size);
    else if (!inAnother(library, kind, name, size))
      return 1;
  fflush(stdout);
  /* Without what the library left to be done at exit. */
  _exit(0);
}
