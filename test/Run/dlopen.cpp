// Slots of a library that comes and goes: each time it is loaded, lazily or at
// once, the stubs are bound anew, and unloading really unloads.

// RUN: rm -rf %t && split-file %s %t
// RUN: %run-matrix %t base.so=base.cpp plugin.so=plugin.cpp+base.so \
// RUN:   main=main.cpp+base.so

//--- base.h
struct Base {
  virtual ~Base();
  virtual int first();
  virtual int second();
};

//--- base.cpp
#include "base.h"
Base::~Base() {}
int Base::first() { return 1; }
int Base::second() { return 2; }

//--- plugin.cpp
#include "base.h"
struct Plugin : Base {
  int first() override { return Base::first() + 10; }
};
extern "C" Base *make() { return new Plugin; }

//--- main.cpp
#include "base.h"
#include <dlfcn.h>
#include <stdio.h>
int main() {
  int sum = 0;
  for (int round = 0; round < 100; ++round) {
    void *library =
        dlopen("./plugin.so", round % 2 ? RTLD_LAZY : RTLD_NOW | RTLD_GLOBAL);
    if (!library)
      return puts(dlerror());
    auto make = reinterpret_cast<Base *(*)()>(dlsym(library, "make"));
    Base *object = make();
    sum += object->first() + object->second();
    delete object;
    dlclose(library);
    if (dlopen("./plugin.so", RTLD_LAZY | RTLD_NOLOAD))
      return puts("still loaded");
  }
  printf("%d\n", sum);
}

//--- expected
1300
