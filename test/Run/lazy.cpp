// hazard L02
// The proof that lazy is lazy: a slot's function that nobody defines is missed
// only by who calls it. Bound at once or by a relay, the library does not load.

// RUN: rm -rf %t && split-file %s %t
// RUN: %run-matrix %t base.so=base.cpp main=main.cpp

//--- base.cpp
struct Base {
  virtual int present();
  virtual int missing();
};
int Base::present() { return 1; }
static Base base;
extern "C" int call(bool missing) {
  static Base *volatile object = &base;
  return missing ? object->missing() : object->present();
}

//--- main.cpp
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main() {
  bool isLazy = !strcmp(getenv("RUN_MATRIX"), "objprelink2") &&
                sizeof(void *) == 8 && !getenv("LD_BIND_NOW");
  void *library = dlopen("./base.so", RTLD_LAZY);
  puts(isLazy == (library != nullptr) ? "right" : "wrong");
  if (!library)
    return strstr(dlerror(), "_ZN4Base7missingEv") == nullptr;
  auto call = reinterpret_cast<int (*)(bool)>(dlsym(library, "call"));
  return call(false) != 1;
}

//--- expected
right
