// hazard V14
// The sanitizers check the type of an object by its vtable's type information
// before each virtual call, and find nothing to complain about.

// RUN: rm -rf %t && split-file %s %t
// RUN: %run-matrix-native --cflags='-fsanitize=address,undefined,vptr -g' \
// RUN:   --ldflags=-fsanitize=address,undefined,vptr %t base.so=base.cpp \
// RUN:   derived.so=derived.cpp+base.so main=main.cpp+derived.so+base.so

//--- base.h
struct Base {
  virtual ~Base();
  virtual int first(int x);
  virtual int second(int x);
};
struct Side {
  virtual ~Side();
  virtual int side(int x);
};
struct Derived : Base, virtual Side {
  int second(int x) override;
};
Base *make();

//--- base.cpp
#include "base.h"
Base::~Base() {}
int Base::first(int x) { return x + 1; }
int Base::second(int x) { return x + 2; }
Side::~Side() {}
int Side::side(int x) { return x + 3; }

//--- derived.cpp
#include "base.h"
int Derived::second(int x) { return x + 4; }
Base *make() { return new Derived; }

//--- main.cpp
#include "base.h"
#include <stdio.h>
int main() {
  Base *object = make();
  Derived *derived = static_cast<Derived *>(object);
  Side *side = derived;
  printf("%d %d %d\n", object->first(0), derived->second(0), side->side(0));
  delete side;
}

//--- expected
1 4 3
