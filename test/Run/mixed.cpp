// Rewritten objects meet unrewritten ones, and those of the other tool, in one
// library and in one program: each slot reaches its function by its own way.

// RUN: rm -rf %t && split-file %s %t
// RUN: %run-matrix --rewrite=one.cpp %t base.so=base.cpp \
// RUN:   derived.so=one.cpp+two.cpp+base.so main=main.cpp+derived.so+base.so
// RUN: %run-matrix --rewrite=one.cpp,base.cpp --other=two.cpp,main.cpp %t \
// RUN:   base.so=base.cpp derived.so=one.cpp+two.cpp+base.so \
// RUN:   main=main.cpp+derived.so+base.so
// RUN: %run-matrix --rewrite=one.cpp,two.cpp --other=one.cpp,two.cpp %t \
// RUN:   base.so=base.cpp derived.so=one.cpp+two.cpp+base.so \
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
struct Three : Base {
  int second() override { return 20; }
};
int main() {
  Base *objects[] = {makeOne(), makeTwo(), new Three};
  for (Base *object : objects)
    printf("%d %d\n", object->first(), object->second());
}

//--- expected
10 2
1 2
1 20
