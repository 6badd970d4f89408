// hazard L01, L13
// The outputs run as those of ld.lld do: by GCC and clang, on both machines,
// lazily and bound at once, with what builds ask a linker for.

// REQUIRES: x86-64
// RUN: rm -rf %t && split-file %s %t && cd %t
// RUN: export LLVM=%llvm-major
// RUN: bash try "%gxx -m64 -B%shims"
// RUN: bash try "%gxx -m64 -B%shims -fuse-ld=gold" -Wl,-z,now
// RUN: bash try "%clangxx --ld-path=%ld.objprelink" -Wl,--icf=all,--gc-sections
// RUN: bash try "%clangxx -fuse-ld=%ld.objprelink" -Wl,--objprelink=relay
// RUN: bash try "%clangxx -fuse-ld=objprelink -flto=thin" -Wl,--build-id
// RUN: bash try "%gxx -m64 -B%shims -g -gz=zlib" -Wl,--emit-relocs,-O2
// RUN: bash try "%gxx -m64 -B%shims -g -gsplit-dwarf -Wl,--gdb-index" \
// RUN:   -Wl,-z,separate-code,-z,pack-relative-relocs
// RUN: bash try "%gxx -m64 -B%shims -fPIE -pie" -Wl,-z,now,-z,relro

//--- try
set -e
compiler=$1; shift
export OBJPRELINK_LOG=$PWD/log; rm -f log
$compiler -O2 -fPIC -c base.cpp derived.cpp main.cpp
$compiler -shared "$@" -Wl,-soname,base.so,-rpath,. base.o -o base.so
$compiler -shared "$@" -Wl,-soname,derived.so,-rpath,.,--dependency-file=deps \
  derived.o base.so -o derived.so
$compiler "$@" main.o derived.so base.so -o main -Wl,-rpath,.
grep -q '"output":"derived.so".*"outcome":"rewritten"' log
readelf -p .comment derived.so | grep -q 'Linker: LLD '$LLVM'.* (objprelink-'
grep -q '^derived.so:' deps
for bind in "" LD_BIND_NOW=1; do
  env $bind LD_WARN=1 ./main >out 2>err
  diff expected out
  [ ! -s err ]
done

//--- base.h
struct Base { virtual int f(int); virtual double g(double, int); virtual ~Base(); };
struct Derived : Base { int f(int) override; };
struct Last : Derived { double g(double, int) override; };
Base *make(int);
//--- base.cpp
#include "base.h"
#include <cstdio>
int Base::f(int x) { return x + 1; }
double Base::g(double x, int n) { return x * n; }
Base::~Base() { std::puts("gone"); }
//--- derived.cpp
#include "base.h"
#include <stdexcept>
int Derived::f(int x) {
  if (x < 0)
    throw std::runtime_error("negative");
  return Base::f(x) * 2;
}
double Last::g(double x, int n) { return Base::g(x, n) + 0.5; }
Base *make(int n) { return n ? new Last : new Derived; }
//--- main.cpp
#include "base.h"
#include <cstdio>
#include <exception>
int main() {
  for (int n = 0; n < 2; ++n) {
    Base *p = make(n);
    std::printf("%d %.1f\n", p->f(20), p->g(1.5, 2));
    try {
      p->f(-1);
    } catch (const std::exception &e) {
      std::puts(e.what());
    }
    delete p;
  }
}
//--- expected
42 3.0
negative
gone
42 3.5
negative
gone
