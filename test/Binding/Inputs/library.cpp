// What look-ups can be, seen from a library.
#include "library.h"
#include <cmath>
#include <cstring>
#include <dlfcn.h>

// The program has a copy of this one, and its own version of that.
int copied = 42;
int *addressOfCopied() {
  return &copied;
}
int interposed() {
  return 1;
}
int callInterposed() {
  return interposed();
}
int (*const pointerToInterposed)() = interposed;

__attribute__((visibility("protected"))) int guarded() {
  return 5;
}
int (*const pointerToGuarded)() = guarded;
int (*addressOfGuarded())() {
  return guarded;
}

__attribute__((weak)) int missing();
int (*const pointerToMissing)() = missing;
bool hasMissing() {
  return missing || pointerToMissing;
}

thread_local int dynamicModel = 7;
__thread int execModel __attribute__((tls_model("initial-exec"))) = 9;
int threadLocal() {
  return dynamicModel++ * 100 + execModel++;
}
// Of one module, whose block is looked up once (the local-dynamic model).
static thread_local int localA = 3, localB = 4;
int threadLocals() {
  return ++localA * 100 + localB++;
}

static int one() {
  return 1001;
}
extern "C" int (*choose())() {
  return one;
}
extern "C" int chosen() __attribute__((ifunc("choose")));
int callChosen() {
  return chosen();
}
int (*const pointerToChosen)() = chosen;

// Indirect functions of libc and libm.
void *(*const pointerToMemcpy)(void *, const void *, size_t) = memcpy;
double (*const pointerToSin)(double) = sin;

asm(".globl absolute\nabsolute = 0x1234");
extern char absolute[];
char *const pointerToAbsolute = absolute;
char *const intoArray = &array[3];
char array[8] = "abcdefg";

extern "C" int versionedOld() {
  return 1;
}
extern "C" int versionedNew() {
  return 2;
}
asm(".symver versionedOld,versioned@ONE\n.symver versionedNew,versioned@@TWO");

// A library may open others before main.
static void *opened;
static char folder[4096];
__attribute__((constructor)) static void begin() {
  Dl_info self;
  if (!dladdr(&folder, &self))
    return;
  strncpy(folder, self.dli_fname, sizeof(folder) - 16);
  strcpy(strrchr(folder, '/') + 1, "early.so");
  opened = dlopen(folder, RTLD_LAZY);
}
int callOpened() {
  const auto function = opened ? (int (*)())dlsym(opened, "plugin") : nullptr;
  const int result = function ? function() : -1;
  if (opened)
    dlclose(opened);
  opened = nullptr;
  return result;
}

#ifdef LATE
// Nobody has it yet when the start is bound.
extern "C" int late() __attribute__((weak));
int callLate() {
  return late();
}
#endif

Base::~Base() {}
int Base::value() const {
  return 10;
}
int Base::other() const {
  return value() + 1;
}
void throwIt(int number) {
  throw Thrown{number};
}
