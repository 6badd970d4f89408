// hazard V06
// A slot of a weak function is null when nobody defines it, and programs ask:
// a stub would make it non-null. When somebody does, the slot reaches it.

// RUN: rm -rf %t && split-file %s %t
// RUN: %run-matrix %t base.so=base.cpp late.so=late.cpp \
// RUN:   derived.so=derived.cpp+base.so \
// RUN:   main=main.cpp+derived.so+base.so+late.so

//--- base.h
struct Base {
  virtual int first();
  virtual int second();
};
struct Derived : Base {
  virtual int key();
  __attribute__((weak)) virtual int nowhere();
  __attribute__((weak)) virtual int elsewhere();
};
Derived *make();
int late();

//--- base.cpp
#include "base.h"
int Base::first() { return 1; }
int Base::second() { return 2; }

//--- late.cpp
#include "base.h"
int Derived::elsewhere() { return 3; }
int late() { return 1; }

//--- derived.cpp
#include "base.h"
int Derived::key() { return 0; }
Derived *make() { return new Derived; }

//--- main.cpp
#include "base.h"
#include <stdio.h>
int main() {
  Derived *object = make();
  void **slots = *reinterpret_cast<void ***>(object);
  for (int slot = 0; slot < 5; ++slot)
    printf("%d", slots[slot] != nullptr);
  printf(" %d\n", object->second() + object->elsewhere() + late());
}

//--- expected
11101 6
