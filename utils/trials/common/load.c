/* Loads each library that is named, in a process of its own and at once
 * (RTLD_NOW), and says what came of it: a line for each, "loaded", or the
 * loader's message, or the signal that ended it, or "no end". */
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const unsigned seconds = 20;

int main(int argc, char **argv) {
  for (int i = 1; i < argc; ++i) {
    int status;
    fflush(stdout);
    pid_t child = fork();
    if (child < 0)
      return perror("fork"), 1;
    if (!child) {
      alarm(seconds);
      int ok = dlopen(argv[i], RTLD_NOW | RTLD_GLOBAL) != NULL;
      /* To stdout before anything that the library left to be done at exit. */
      printf("%s\n", ok ? "loaded" : dlerror());
      fflush(stdout);
      _exit(!ok);
    }
    if (waitpid(child, &status, 0) < 0)
      return perror("waitpid"), 1;
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
      puts("no end");
    else if (WIFSIGNALED(status))
      printf("signal %d, %s\n", WTERMSIG(status), strsignal(WTERMSIG(status)));
    else if (WEXITSTATUS(status) > 1)
      printf("status %d\n", WEXITSTATUS(status));
  }
  return 0;
}
