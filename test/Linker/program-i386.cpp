// hazard L10
// i386: without %ebx and, unless -z notext asks for it, without text
// relocations.

// REQUIRES: i386
// RUN: rm -rf %t && split-file %s %t && cd %t
// RUN: bash try "%gxx -m32 -B%shims"
// RUN: readelf -d derived.so | FileCheck --check-prefix=TEXT %s
// TEXT-NOT: TEXTREL
// RUN: bash try "%gxx -m32 -B%shims" -Wl,-z,notext
// RUN: readelf -d derived.so | grep TEXTREL
// RUN: bash try "%gxx -m32 -B%shims" -Wl,-z,now

//--- try
set -e
compiler=$1; shift
$compiler -O2 -fPIC -shared -Wl,-soname,base.so,-rpath,. base.cpp -o base.so
$compiler -O2 -fPIC -shared "$@" -Wl,-soname,derived.so,-rpath,.,--objprelink-strict \
  derived.cpp base.so -o derived.so -Wl,--objprelink-report=report
grep -q rewritten report
$compiler main.cpp derived.so base.so -o main -Wl,-rpath,.
for bind in "" LD_BIND_NOW=1; do
  [ "$(env $bind ./main)" = "42 7" ]
done

//--- base.h
struct Base { virtual int f(int); virtual int g(); };
struct Derived : Base { int f(int) override; };
struct Last : Derived { virtual int h(); };
Base *make();
//--- base.cpp
#include "base.h"
int Base::f(int x) { return x + 1; }
int Base::g() { return 7; }
//--- derived.cpp
#include "base.h"
int Derived::f(int x) { return Base::f(x) * 2; }
int Last::h() { return 3; }
Base *make() { return new Derived; }
Base *last() { return new Last; }
//--- main.cpp
#include "base.h"
#include <cstdio>
int main() { Base *p = make(); std::printf("%d %d\n", p->f(20), p->g()); }
