// hazard O16
// ld -r of rewritten objects keeps their stubs, its own output can be
// rewritten, and so can one made of objects that were rewritten before.

// RUN: rm -rf %t && split-file %s %t
// RUN: %run-matrix --linker=bfd,gold,lld %t base.so=base.cpp \
// RUN:   all.o=one.cpp+two.cpp derived.so=all.o+base.so \
// RUN:   main=main.cpp+derived.so+base.so
// RUN: %run-matrix --rewrite=all.o %t base.so=base.cpp all.o=one.cpp+two.cpp \
// RUN:   derived.so=all.o+base.so main=main.cpp+derived.so+base.so
// RUN: %run-matrix --linker=bfd,gold,lld --rewrite=one.cpp,all.o %t \
// RUN:   base.so=base.cpp all.o=one.cpp+two.cpp derived.so=all.o+base.so \
// RUN:   main=main.cpp+derived.so+base.so

//--- base.h
struct Base {
  virtual int first();
  virtual int second();
};
Base *makeOne();
Base *makeTwo();

//--- base.cpp
#include "base.h"
int Base::first() { return 1; }
int Base::second() { return 2; }

//--- one.cpp
#include "base.h"
struct One : Base {
  int first() override;
};
int One::first() { return 10; }
Base *makeOne() { return new One; }

//--- two.cpp
#include "base.h"
struct Two : Base {
  virtual int third();
};
int Two::third() { return 3; }
Base *makeTwo() { return new Two; }

//--- main.cpp
#include "base.h"
#include <stdio.h>
int main() {
  Base *objects[] = {makeOne(), makeTwo()};
  for (Base *object : objects)
    printf("%d %d\n", object->first(), object->second());
}

//--- expected
10 2
1 2
