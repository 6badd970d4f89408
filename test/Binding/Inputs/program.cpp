// Says what each look-up came to, without any address.
#include "library.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <elf.h>
#include <string>
#include <sys/auxv.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

int interposed() {
  return 2;
}
static thread_local int ofProgram = 5;
struct Derived : Base {
  int value() const override { return 20; }
};

static void open(const char *path, int flags) {
  void *handle = dlopen(path, flags);
  if (!handle) {
    printf("%x: not opened\n", flags);
    return;
  }
  auto function = reinterpret_cast<int (*)()>(dlsym(handle, "plugin"));
  printf("%x: %d\n", flags, function ? function() : -1);
  printf("closed: %d\n", dlclose(handle));
}

// Programs look for the auxiliary vector behind the environment.
static bool findsVector() {
  char **at = environ;
  while (*at)
    ++at;
  for (auto *pair = reinterpret_cast<Elf64_auxv_t *>(at + 1);
       pair->a_type != AT_NULL; ++pair)
    if (pair->a_type == AT_PHDR)
      return pair->a_un.a_val == getauxval(AT_PHDR);
  return false;
}

int main(int, char **argv) {
  printf("copied %d %d\n", copied, addressOfCopied() == &copied);
  printf("interposed %d %d %d\n", callInterposed(), pointerToInterposed(),
         pointerToInterposed == interposed);
  printf("protected %d %d\n", pointerToGuarded(),
         pointerToGuarded == addressOfGuarded());
  printf("missing %d\n", hasMissing());
  printf("threads %d %d\n", threadLocal(), threadLocal());
  std::thread([] {
    printf("another %d %d %d\n", threadLocal(), threadLocals(), ofProgram++);
  }).join();
  printf("local %d %d\n", threadLocals(), ofProgram);
  printf("next %d\n",
         (void *)interposed != dlsym(RTLD_NEXT, "_Z10interposedv"));
  printf("opened before main %d\n", callOpened());
  printf("chosen %d %d %d\n", callChosen(), chosen(), pointerToChosen());
  char text[4] = "";
  pointerToMemcpy(text, "abc", 4);
  printf("libc %s %d\n", text, pointerToMemcpy == memcpy);
  printf("libm %.3f\n", pointerToSin(1));
  printf("absolute %zx, array %c\n", size_t(pointerToAbsolute), *intoArray);
  printf("versioned %d\n", versioned());
  Derived derived;
  Base &base = derived;
  printf("virtual %d %d\n", base.value(), base.other());
  try {
    throwIt(17);
  } catch (const Thrown &thrown) {
    printf("thrown %d\n", thrown.number);
  }
  printf("unique %d\n", ++counter());

  const std::string path = std::string(argv[1]) + "/plugin.so";
  const char *plugin = path.c_str();
  open(plugin, RTLD_LAZY);
  open(plugin, RTLD_NOW | RTLD_LOCAL);
  open(plugin, RTLD_NOW | RTLD_DEEPBIND);
  open(plugin, RTLD_NOW | RTLD_NOLOAD);
  std::thread([&] { open(plugin, RTLD_LAZY); }).join();
  if (void *handle = dlmopen(LM_ID_NEWLM, plugin, RTLD_NOW)) {
    printf("namespace %d\n",
           reinterpret_cast<int (*)()>(dlsym(handle, "plugin"))());
    dlclose(handle);
  }
  open(plugin, RTLD_NOW | RTLD_GLOBAL);
  printf("global %d\n", dlsym(RTLD_DEFAULT, "plugin") != nullptr);
#ifdef LATE
  if (!getenv("LD_BIND_NOW") && dlopen(plugin, RTLD_LAZY | RTLD_GLOBAL))
    printf("late %d\n", callLate());
#endif
  printf("vector %d\n", findsVector());
  fflush(stdout);
  if (!fork())
    execl("/bin/sh", "sh", "-c",
          "echo inherited $(env | grep -c 'AUDIT\\|OBJPRELINK_')", nullptr);
  wait(nullptr);
}
