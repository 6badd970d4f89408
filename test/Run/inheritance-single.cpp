// hazard V09
// The central case: slots inherited from another library reach their function
// whoever calls first, in every combination of tools, linkers and compilers.

// RUN: rm -rf %t && split-file %s %t
// RUN: %run-matrix --full %t base.so=base.cpp derived.so=derived.cpp+base.so \
// RUN:   main=main.cpp+derived.so+base.so

//--- base.h
struct Base {
  virtual ~Base();
  virtual int first(int x);
  virtual int second(int x);
  virtual const char *name() const;
};
struct Derived : Base {
  int second(int x) override;
  virtual int third(int x);
};
Base *make();

//--- base.cpp
#include "base.h"
Base::~Base() {}
int Base::first(int x) { return x + 1; }
int Base::second(int x) { return x + 2; }
const char *Base::name() const { return "Base"; }

//--- derived.cpp
#include "base.h"
int Derived::second(int x) { return Base::second(x) * 10; }
int Derived::third(int x) { return first(x) + second(x); }
Base *make() { return new Derived; }

//--- main.cpp
#include "base.h"
#include <stdio.h>
struct Leaf : Derived {
  const char *name() const override { return "Leaf"; }
};
static void show(Base *object) {
  for (int round = 0; round < 2; ++round)
    printf("%s %d %d\n", object->name(), object->first(round),
           object->second(round));
}
int main() {
  Base *derived = make();
  Base *leaf = new Leaf;
  show(derived);
  show(leaf);
  printf("%d\n", static_cast<Derived *>(leaf)->third(3));
  delete derived;
  delete leaf;
}

//--- expected
Base 1 20
Base 2 30
Leaf 1 20
Leaf 2 30
54
