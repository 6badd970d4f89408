// hazard V20
// preserve_none passes an argument in %r11 and preserve_most keeps %r10, which
// the loader destroys when it binds any PLT entry: relays touch no register.

// RUN: rm -rf %t && split-file %s %t
// RUN: %run-matrix --arch=x86-64 --cxx=clang++ --tool=objprelink1 %t \
// RUN:   base.so=base.cpp derived.so=derived.cpp+base.so \
// RUN:   main=main.cpp+derived.so+base.so

//--- base.h
struct Base {
  __attribute__((preserve_none)) virtual long
  none(long, long, long, long, long, long, long, long, long, long, long);
  __attribute__((preserve_most)) virtual void most();
};
Base *make();

//--- base.cpp
#include "base.h"
long Base::none(long a, long b, long c, long d, long e, long f, long g, long h,
                long i, long j, long k) {
  return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i +
         10 * j + 11 * k;
}
void Base::most() {}

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
  printf("%ld\n", object->none(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
  // So many values live across the call that some are in scratch registers.
  volatile long one = 1;
  long a = one, b = one, c = one, d = one, e = one, f = one, g = one, h = one,
       i = one, j = one, k = one;
  object->most();
  asm(""
      : "+r"(a), "+r"(b), "+r"(c), "+r"(d), "+r"(e), "+r"(f), "+r"(g), "+r"(h),
        "+r"(i), "+r"(j), "+r"(k));
  printf("%ld\n", a + b + c + d + e + f + g + h + i + j + k);
}

//--- expected
506
11
