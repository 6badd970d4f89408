// hazard V21
// LD_PRELOAD replaces virtual functions: the slots follow the first definition
// in scope as before, only the time of the look-up changes.

// RUN: rm -rf %t && split-file %s %t
// RUN: %run-matrix --env=LD_PRELOAD=./preload.so %t base.so=base.cpp \
// RUN:   preload.so=preload.cpp derived.so=derived.cpp+base.so \
// RUN:   main=main.cpp+derived.so+base.so

//--- base.h
struct Base {
  virtual const char *kept(); // The key function: preload.so has no vtable.
  virtual const char *replaced();
};
struct Derived : Base {
  virtual const char *own();
  virtual const char *ownReplaced();
};
Base *makeBase();
Derived *makeDerived();

//--- base.cpp
#include "base.h"
const char *Base::kept() { return "base"; }
const char *Base::replaced() { return "base"; }
Base *makeBase() { return new Base; }

//--- derived.cpp
#include "base.h"
const char *Derived::own() { return "derived"; }
const char *Derived::ownReplaced() { return "derived"; }
Derived *makeDerived() { return new Derived; }

//--- preload.cpp
#include "base.h"
const char *Base::replaced() { return "preload"; }
const char *Derived::ownReplaced() { return "preload"; }

//--- main.cpp
#include "base.h"
#include <stdio.h>
int main() {
  Base *base = makeBase();
  Derived *derived = makeDerived();
  printf("%s %s\n", base->kept(), base->replaced());
  printf("%s %s\n", derived->kept(), derived->replaced());
  printf("%s %s\n", derived->own(), derived->ownReplaced());
}

//--- expected
base preload
base preload
derived preload
