// hazard V20
// 32 vector registers of 64 bytes carry arguments through the first call, when
// the loader may use them to look the function up; needs such a processor.

// RUN: rm -rf %t && split-file %s %t
// RUN: %run-matrix --arch=x86-64 --compile=base.cpp:-mavx512f \
// RUN:   --compile=call.cpp:-mavx512f %t base.so=base.cpp \
// RUN:   derived.so=derived.cpp+base.so \
// RUN:   main=main.cpp+call.cpp+derived.so+base.so

//--- base.h
typedef double Vector __attribute__((vector_size(64)));
struct Base {
  virtual Vector sum(const Vector &, Vector, Vector, Vector, Vector, Vector,
                     Vector, Vector, Vector);
  virtual int plain();
};
Base *make();
double call(Base *object);

//--- base.cpp
#include "base.h"
Vector Base::sum(const Vector &start, Vector a, Vector b, Vector c, Vector d,
                 Vector e, Vector f, Vector g, Vector h) {
  return start + a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h;
}
int Base::plain() { return 0; }

//--- derived.cpp
#include "base.h"
struct Derived : Base {
  virtual void key();
};
void Derived::key() {}
Base *make() { return new Derived; }

//--- call.cpp
#include "base.h"
double call(Base *object) {
  Vector v = {1, 2, 3, 4, 5, 6, 7, 8};
  Vector sum = object->sum(v, v, v, v, v, v, v, v, v);
  return sum[0] * 1000 + sum[7];
}

//--- main.cpp
#include <stdio.h>
struct Base; // Not base.h: vectors are an error without the instructions.
Base *make();
double call(Base *object);
int main() {
  bool can = __builtin_cpu_supports("avx512f");
  printf("%g\n", can ? call(make()) : 37296);
}

//--- expected
37296
