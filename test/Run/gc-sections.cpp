// hazard L13
// Each function and vtable in a section of its own, the dead ones dropped and
// equal ones folded: live stubs stay, and a dead vtable keeps nothing alive.

// RUN: rm -rf %t && split-file %s %t
// RUN: %run-matrix --cflags='-ffunction-sections -fdata-sections' \
// RUN:   --ldflags=-Wl,--gc-sections %t base.so=base.cpp \
// RUN:   derived.so=derived.cpp+base.so main=main.cpp+derived.so+base.so
// RUN: %run-matrix --cflags='-ffunction-sections -fdata-sections' \
// RUN:   --ldflags='-Wl,--gc-sections,--icf=all' --linker=gold,lld,mold %t \
// RUN:   base.so=base.cpp derived.so=derived.cpp+base.so \
// RUN:   main=main.cpp+derived.so+base.so

//--- base.h
struct Base {
  virtual int first();
  virtual int second();
  virtual int third();
};
Base *make(int which);

//--- base.cpp
#include "base.h"
int Base::first() { return 1; }
int Base::second() { return 2; }
int Base::third() { return 3; }

//--- derived.cpp
#include "base.h"
namespace {
struct One : Base {
  int first() override { return 10; }
};
struct Two : Base {
  int second() override { return 10; }
};
} // namespace
// Nobody refers to its vtable. A stub that outlives it stops the library from
// loading, for then somebody refers to a function that nobody defines.
struct __attribute__((visibility("hidden"))) Dead : Base {
  virtual void key();
  __attribute__((visibility("default"))) virtual int missing();
};
void Dead::key() {}
Base *make(int which) { return which ? static_cast<Base *>(new One) : new Two; }

//--- main.cpp
#include "base.h"
#include <stdio.h>
int main() {
  for (int which = 0; which < 2; ++which) {
    Base *object = make(which);
    printf("%d %d %d\n", object->first(), object->second(), object->third());
  }
}

//--- expected
1 10 3
10 2 3
