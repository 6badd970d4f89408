// hazard L13
// Options that look at every section or symbol of an input accept the stubs:
// kept relocations, no undefined symbols, no text relocations, -z now, RELR.

// RUN: rm -rf %t && split-file %s %t
// RUN: %run-matrix --ldflags='-Wl,--emit-relocs,-z,defs,-z,text' %t \
// RUN:   base.so=base.cpp derived.so=derived.cpp+base.so \
// RUN:   main=main.cpp+derived.so+base.so
// RUN: %run-matrix --ldflags=-Wl,-z,now,-z,relro,--hash-style=gnu \
// RUN:   --contains=BIND_NOW %t base.so=base.cpp \
// RUN:   derived.so=derived.cpp+base.so main=main.cpp+derived.so+base.so
// RUN: %run-matrix --ldflags=-Wl,-z,pack-relative-relocs --linker=bfd,lld \
// RUN:   --contains=RELR %t base.so=base.cpp derived.so=derived.cpp+base.so \
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
