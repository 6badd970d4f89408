// hazard V20
// regparm(3), fastcall and thiscall pass arguments in %eax, %edx and %ecx: a
// stub that uses any of these loses one.

// REQUIRES: i386
// RUN: rm -rf %t && split-file %s %t
// RUN: %run-matrix --arch=i386 --full %t base.so=base.cpp \
// RUN:   derived.so=derived.cpp+base.so main=main.cpp+derived.so+base.so

//--- base.h
struct Base {
  __attribute__((regparm(3))) virtual int regparm(int a, int b, int c, int d);
  __attribute__((fastcall)) virtual int fastcall(int a, int b, int c);
  __attribute__((thiscall)) virtual int thiscall(int a, int b);
  __attribute__((stdcall)) virtual int stdcall(int a, int b);
  virtual int cdecl(int a, int b);
  virtual long long wide(long long a);
  int base = 100000;
};
Base *make();

//--- base.cpp
#include "base.h"
int Base::regparm(int a, int b, int c, int d) {
  return base + a * 1000 + b * 100 + c * 10 + d;
}
int Base::fastcall(int a, int b, int c) { return base + a * 100 + b * 10 + c; }
int Base::thiscall(int a, int b) { return base + a * 10 + b; }
int Base::stdcall(int a, int b) { return base + a * 10 + b; }
int Base::cdecl(int a, int b) { return base + a * 10 + b; }
long long Base::wide(long long a) { return a * base; }

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
  for (int i = 0; i < 2; ++i)
    printf("%d %d %d %d %d %lld\n", object->regparm(i, 2, 3, 4),
           object->fastcall(i, 2, 3), object->thiscall(i, 2),
           object->stdcall(i, 2), object->cdecl(i, 2),
           object->wide(30000000000 + i));
}

//--- expected
100234 100023 100002 100002 100002 3000000000000000
101234 100123 100012 100012 100012 3000000000100000
