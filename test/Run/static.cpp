// hazard L07
// Objects are built once and linked in many ways: those rewritten for a library
// also make static programs, where no loader binds anything.

// RUN: rm -rf %t && split-file %s %t
// RUN: %run-matrix --static %t main=main.cpp+base.cpp
// RUN: %run-matrix --static --rewrite=main.cpp,all.a %t all.a=base.cpp \
// RUN:   main=main.cpp+all.a

//--- base.h
struct Base {
  virtual int first();
  virtual int second();
};

//--- base.cpp
#include "base.h"
int Base::first() { return 1; }
int Base::second() { return 2; }

//--- main.cpp
#include "base.h"
#include <stdio.h>
struct Derived : Base {
  int second() override { return 3; }
};
static int call(Base *object) { return object->first() + object->second(); }
int main() {
  Base *volatile objects[] = {new Base, new Derived};
  printf("%d %d\n", call(objects[0]), call(objects[1]));
}

//--- expected
3 4
