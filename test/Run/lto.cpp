// hazard O12
// An object of the compiler's intermediate code has no slots to rewrite yet;
// it links beside rewritten ones, and calls and inherits across.

// REQUIRES: lld
// RUN: rm -rf %t && split-file %s %t
// RUN: %run-matrix --cxx=clang++ --linker=lld --compile=lto.cpp:-flto \
// RUN:   --rewrite=base.cpp,derived.cpp,main.cpp %t base.so=base.cpp \
// RUN:   derived.so=lto.cpp+derived.cpp+base.so \
// RUN:   main=main.cpp+derived.so+base.so
// RUN: %run-matrix --cxx=g++ --linker=bfd --compile=lto.cpp:-flto \
// RUN:   --rewrite=base.cpp,derived.cpp,main.cpp %t base.so=base.cpp \
// RUN:   derived.so=lto.cpp+derived.cpp+base.so \
// RUN:   main=main.cpp+derived.so+base.so

//--- base.h
struct Base {
  virtual int first();
  virtual int second();
};
struct Derived : Base {
  virtual int inBitcode();
  int second() override;
};
struct Bitcode : Derived {
  virtual int key();
  int second() override;
};
Derived *make(int which);

//--- base.cpp
#include "base.h"
int Base::first() { return 1; }
int Base::second() { return 2; }

//--- lto.cpp
#include "base.h"
int Derived::inBitcode() { return second() * 100; }
int Bitcode::key() { return 0; }
int Bitcode::second() { return 4; }
Derived *make(int which) { return which ? new Bitcode : new Derived; }

//--- derived.cpp
#include "base.h"
int Derived::second() { return 3; }
struct Sibling : Derived {
  virtual int key();
};
int Sibling::key() { return 0; }
Derived *makeSibling() { return new Sibling; }

//--- main.cpp
#include "base.h"
#include <stdio.h>
Derived *makeSibling();
int main() {
  Derived *objects[] = {make(0), make(1), makeSibling()};
  for (Derived *object : objects)
    printf("%d %d %d\n", object->first(), object->second(),
           object->inBitcode());
}

//--- expected
1 3 300
1 4 400
1 3 300
