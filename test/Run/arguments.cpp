// hazard V20
// Every kind of argument arrives on the first call, when the slot is bound:
// integers, doubles, vectors, long doubles, a returned struct, variadic ones.

// RUN: rm -rf %t && split-file %s %t
// RUN: %run-matrix --cflags=-msse2 %t base.so=base.cpp \
// RUN:   derived.so=derived.cpp+base.so main=main.cpp+derived.so+base.so

//--- base.h
typedef float Vector __attribute__((vector_size(16)));
struct Big {
  long words[8];
};
struct Base {
  virtual long integers(long, long, long, long, long, long, long, long);
  virtual double doubles(double, double, double, double, double, double, double,
                         double);
  virtual Vector vectors(Vector, Vector, Vector, Vector, Vector, Vector, Vector,
                         Vector);
  virtual Big big(Big, long, double);
  virtual double mixed(long, double, float, long double, char, Vector);
  virtual double variadic(int count, ...);
  virtual _Complex double complex(_Complex double);
};
Base *make();

//--- base.cpp
#include "base.h"
#include <stdarg.h>
long Base::integers(long a, long b, long c, long d, long e, long f, long g,
                    long h) {
  return ((((((a * 10 + b) * 10 + c) * 10 + d) * 10 + e) * 10 + f) * 10 + g) *
             10 +
         h;
}
double Base::doubles(double a, double b, double c, double d, double e, double f,
                     double g, double h) {
  return ((((((a / 2 + b) / 2 + c) / 2 + d) / 2 + e) / 2 + f) / 2 + g) / 2 + h;
}
Vector Base::vectors(Vector a, Vector b, Vector c, Vector d, Vector e, Vector f,
                     Vector g, Vector h) {
  return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h;
}
Big Base::big(Big value, long x, double y) {
  for (long &word : value.words)
    word += x * static_cast<long>(y);
  return value;
}
double Base::mixed(long a, double b, float c, long double d, char e, Vector f) {
  return a + b + c + static_cast<double>(d) + e + f[3];
}
double Base::variadic(int count, ...) {
  double sum = 0;
  va_list list;
  va_start(list, count);
  while (count--) {
    sum = sum * 2 + va_arg(list, double);
    sum += va_arg(list, int);
  }
  va_end(list);
  return sum;
}
_Complex double Base::complex(_Complex double x) { return x + x; }

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
  printf("%ld\n", object->integers(1, 2, 3, 4, 5, 6, 7, 8));
  printf("%.7f\n", object->doubles(1, 2, 3, 4, 5, 6, 7, 8));
  Vector v = {1, 2, 3, 4};
  Vector sum =
      object->vectors(v, v + 1, v + 2, v + 3, v + 4, v + 5, v + 6, v + 7);
  printf("%g %g %g %g\n", sum[0], sum[1], sum[2], sum[3]);
  Big big = object->big({{1, 2, 3, 4, 5, 6, 7, 8}}, 10, 3.5);
  printf("%ld %ld\n", big.words[0], big.words[7]);
  printf("%g\n", object->mixed(1, 2.5, 3.25f, 4.125L, 5, v));
  printf("%g\n", object->variadic(5, 1.5, 1, 2.5, 2, 3.5, 3, 4.5, 4, 5.5, 5));
  _Complex double twice = object->complex(1.5 + 2.5i);
  printf("%g %g\n", __real__ twice, __imag__ twice);
}

//--- expected
12345678
14.0078125
204 240 276 312
31 38
19.875
129.5
3 5
