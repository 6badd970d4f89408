// hazard V19
// A program that is not PIC copies the library's vtable (R_*_COPY): the copied
// slots hold the library's stubs and are called from outside the library.

// RUN: rm -rf %t && split-file %s %t
// RUN: %run-matrix --compile=main.cpp:-fno-pie --link=main:-no-pie \
// RUN:   --contains=_COPY %t base.so=base.cpp derived.so=derived.cpp+base.so \
// RUN:   main=main.cpp+derived.so+base.so

//--- base.h
struct Base {
  virtual int first(int x);
  virtual int second(int x);
};
struct Derived : Base { // Its constructor is inline and names the vtable.
  virtual int key();
  int second(int x) override;
};
Base *make();

//--- base.cpp
#include "base.h"
int Base::first(int x) { return x + 1; }
int Base::second(int x) { return x + 2; }

//--- derived.cpp
#include "base.h"
int Derived::key() { return 7; }
int Derived::second(int x) { return x + 3; }
Base *make() { return new Derived; }

//--- main.cpp
#include "base.h"
#include <stdio.h>
static void show(Base *object) {
  printf("%d %d\n", object->first(0), object->second(0));
}
struct Mine : Derived {
  int second(int x) override { return key() + x; }
};
int main() {
  Base *own = new Derived;
  Base *theirs = make();
  show(own);
  show(theirs);
  show(new Mine);
  printf("%d\n",
         *reinterpret_cast<void **>(own) == *reinterpret_cast<void **>(theirs));
}

//--- expected
1 3
1 3
1 7
1
