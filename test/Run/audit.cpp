// hazard L04
// An auditor sees the loader bind the slots' functions and sits between each
// call and its function: arguments and results pass it unharmed.

// RUN: rm -rf %t && split-file %s %t
// RUN: %run-matrix --env=LD_AUDIT=./audit.so \
// RUN:   --link='audit.so:-nodefaultlibs -lc' %t audit.so=audit.cpp \
// RUN:   base.so=base.cpp derived.so=derived.cpp+base.so \
// RUN:   main=main.cpp+derived.so+base.so

//--- audit.cpp
#define _GNU_SOURCE 1
#include <link.h>
#include <string.h>
extern "C" {
unsigned la_version(unsigned version) { return version; }
unsigned la_objopen(link_map *, Lmid_t, uintptr_t *) {
  return LA_FLG_BINDTO | LA_FLG_BINDFROM;
}
static int replaced() { return 42; }
// Proves that the auditor is there: audited() answers from here.
static uintptr_t bind(uintptr_t value, const char *name) {
  return strcmp(name, "audited") ? value
                                 : reinterpret_cast<uintptr_t>(replaced);
}
#ifdef __x86_64__
uintptr_t la_symbind64(Elf64_Sym *symbol, unsigned, uintptr_t *, uintptr_t *,
                       unsigned *, const char *name) {
  return bind(symbol->st_value, name);
}
Elf64_Addr la_x86_64_gnu_pltenter(Elf64_Sym *symbol, unsigned, uintptr_t *,
                                  uintptr_t *, La_x86_64_regs *, unsigned *,
                                  const char *, long *) {
  return symbol->st_value;
}
#else
uintptr_t la_symbind32(Elf32_Sym *symbol, unsigned, uintptr_t *, uintptr_t *,
                       unsigned *, const char *name) {
  return bind(symbol->st_value, name);
}
Elf32_Addr la_i86_gnu_pltenter(Elf32_Sym *symbol, unsigned, uintptr_t *,
                               uintptr_t *, La_i86_regs *, unsigned *,
                               const char *, long *) {
  return symbol->st_value;
}
#endif
}

//--- base.h
struct Base {
  virtual int first(int x, double y);
  virtual double second(double x, int y);
};
Base *make();
extern "C" int audited();

//--- base.cpp
#include "base.h"
int Base::first(int x, double y) { return x + static_cast<int>(y); }
double Base::second(double x, int y) { return x * y; }
int audited() { return 0; }

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
  printf("%d\n", audited());
  for (int i = 0; i < 2; ++i)
    printf("%d %g\n", object->first(i, 2.5), object->second(1.5, i));
}

//--- expected
42
2 0
3 1.5
