// hazard V20
// __regcall passes eleven integers in registers, also in those that a function
// otherwise keeps: all arrive on the first call.

// RUN: rm -rf %t && split-file %s %t
// RUN: %run-matrix --arch=x86-64 --cxx=clang++ %t base.so=base.cpp \
// RUN:   derived.so=derived.cpp+base.so main=main.cpp+derived.so+base.so

//--- base.h
struct Base {
  __attribute__((regcall)) virtual long
  integers(long, long, long, long, long, long, long, long, long, long, long);
};
Base *make();

//--- base.cpp
#include "base.h"
long Base::integers(long a, long b, long c, long d, long e, long f, long g,
                    long h, long i, long j, long k) {
  return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i +
         10 * j + 11 * k;
}

//--- derived.cpp
#include "base.h"
struct Derived : Base {
  virtual void key();
};
void Derived::key() {}
Base *make() { return new Derived; }

//--- main.cpp
#include "base.h"
#include <stdio.h>
int main() {
  Base *object = make();
  printf("%ld\n", object->integers(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
}

//--- expected
506
