// hazard L05
// musl binds everything when it loads and knows no DT_RELR before 1.2.4: relays
// and lazy entries work and save look-ups, and packing is refused.

// REQUIRES: musl
// RUN: rm -rf %t && split-file %s %t && cd %t && mkdir relay lazy now
// RUN: %gxx -fPIC -fno-exceptions -fno-rtti -c base.cpp derived.cpp main.cpp
// RUN: musl-gcc -shared base.o -o libbase.so && musl-gcc -shared derived.o -L. -lbase -o libderived.so
// RUN: musl-gcc main.o -L. -lderived -lbase -o main && env LD_LIBRARY_PATH=. ./main > expected && FileCheck %s < expected
// RUN: %objprelink1 libderived.so -o relay/libderived.so && env LD_LIBRARY_PATH=relay:. ./main | cmp - expected
// RUN: %objprelink2 libderived.so -o lazy/libderived.so && env LD_LIBRARY_PATH=lazy:. ./main | cmp - expected
// RUN: not cmp lazy/libderived.so relay/libderived.so
// RUN: not %objprelink1 --pack-relative-relocs libderived.so -o out 2>&1 | FileCheck %s --check-prefix=PACK
// CHECK: 1 3 2
// PACK: relative relocations cannot be packed: no version of libc.so.6 is needed

//--- base.h
struct Base {
  virtual int first();
  virtual int second();
};
Base *make(int);
//--- base.cpp
#include "base.h"
int Base::first() { return 1; }
int Base::second() { return 2; }
//--- derived.cpp
#include "base.h"
struct Derived : Base {
  int second() override;
};
struct Other : Base {};
int Derived::second() { return 3; }
static Derived object;
static Other other;
Base *make(int n) { return n ? static_cast<Base *>(&object) : &other; }
//--- main.cpp
#include "base.h"
extern "C" int printf(const char *, ...);
int main() {
  printf("%d %d %d\n", make(0)->first(), make(1)->second(), make(0)->second());
}
