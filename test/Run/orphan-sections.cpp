// hazard L13
// Linker scripts of the careful forbid sections that they do not name. GNU ld
// makes one, .rela.eh_frame, when unwind tables refer to a global symbol. The
// section of stubs has to be named.

// RUN: rm -rf %t && split-file %s %t
// RUN: %run-matrix --linker=bfd \
// RUN:   --link='derived.so:-nostartfiles -Wl,--orphan-handling=error -Wl,-T,%t/stubs.ld' %t \
// RUN:   base.so=base.cpp derived.so=derived.cpp+base.so \
// RUN:   main=main.cpp+derived.so+base.so

//--- stubs.ld
SECTIONS { .objprelink.text : { *(.objprelink.text) } } INSERT AFTER .text;

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
Base *make() { return new Derived; }

//--- main.cpp
#include "base.h"
#include <stdio.h>
int main() {
  Base *object = make();
  printf("%d %d\n", object->first(), object->second());
}

//--- expected
1 3
