// hazard L05
// musl binds everything when it loads and resolves no IFUNC; what it gains is
// fewer look-ups, and what it must not do is stumble over a stub.

// REQUIRES: musl
// RUN: rm -rf %t && split-file %s %t
// RUN: %run-matrix --gxx=musl-gcc --cxx=g++ --arch=x86-64 \
// RUN:   --cflags='-fno-exceptions -fno-rtti' %t base.so=base.cpp \
// RUN:   derived.so=derived.cpp+base.so plugin.so=plugin.cpp+base.so \
// RUN:   main=main.cpp+derived.so+base.so

//--- base.h
struct Base {
  virtual int first();
  virtual int second();
};
Base *make();

//--- base.cpp
#include "base.h"
int Base::first() { return 1; }
int Base::second() { return 2; }

//--- derived.cpp
#include "base.h"
struct Derived : Base {
  int second() override;
};
int Derived::second() { return 3; }
static Derived object;
Base *make() { return &object; }

//--- plugin.cpp
#include "base.h"
struct Plugin : Base {
  int first() override;
};
int Plugin::first() { return 4; }
static Plugin object;
extern "C" Base *makePlugin() { return &object; }

//--- main.cpp
#include "base.h"
#include <dlfcn.h>
#include <stdio.h>
int main() {
  Base *object = make();
  printf("%d %d\n", object->first(), object->second());
  void *library = dlopen("./plugin.so", RTLD_LAZY);
  if (!library)
    return puts(dlerror());
  auto makePlugin = reinterpret_cast<Base *(*)()>(dlsym(library, "makePlugin"));
  object = makePlugin();
  printf("%d %d\n", object->first(), object->second());
}

//--- expected
1 3
4 2
