// hazard V09
// A pointer to a virtual member holds the place in the vtable and no address,
// so it compares equal everywhere; addresses of functions stay what they were.

// RUN: rm -rf %t && split-file %s %t
// RUN: %run-matrix %t base.so=base.cpp derived.so=derived.cpp+base.so \
// RUN:   main=main.cpp+derived.so+base.so
// RUN: %run-matrix --compile=main.cpp:-fno-pie --link=main:-no-pie %t \
// RUN:   base.so=base.cpp derived.so=derived.cpp+base.so \
// RUN:   main=main.cpp+derived.so+base.so

//--- base.h
struct Base {
  virtual int first();
  virtual int second();
  int plain();
};
struct Derived : Base {
  int second() override;
};
typedef int (Base::*Member)();
typedef int (*Free)();
Base *make();
Member firstOf();
Member secondOf();
Member plainOf();
int freeFunction();
Free freeOf();

//--- base.cpp
#include "base.h"
int Base::first() { return 1; }
int Base::second() { return 2; }
int Base::plain() { return 3; }
Member firstOf() { return &Base::first; }
int freeFunction() { return 4; }

//--- derived.cpp
#include "base.h"
int Derived::second() { return 20; }
Base *make() { return new Derived; }
Member secondOf() { return static_cast<Member>(&Derived::second); }
Member plainOf() { return &Base::plain; }
Free freeOf() { return freeFunction; }

//--- main.cpp
#include "base.h"
#include <stdio.h>
int main() {
  Base *object = make();
  printf("%d %d %d\n", firstOf() == &Base::first, secondOf() == &Base::second,
         firstOf() == secondOf());
  printf("%d %d\n", plainOf() == &Base::plain, freeOf() == freeFunction);
  printf("%d %d %d %d\n", (object->*firstOf())(), (object->*secondOf())(),
         (object->*plainOf())(), freeOf()());
#ifndef __clang__ // What the slot holds, as code of GCC and KDE does it.
#pragma GCC diagnostic ignored "-Wpmf-conversions"
  auto bound = (int (*)(Base *))(object->*firstOf());
  printf("%d\n", bound(object));
#else
  printf("%d\n", object->first());
#endif
}

//--- expected
1 1 0
1 1
1 20 3 4
1
