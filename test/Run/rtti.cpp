// hazard V02
// dynamic_cast and typeid read the words before the slots: the type
// information stays data, also of classes that several libraries define.

// RUN: rm -rf %t && split-file %s %t
// RUN: %run-matrix %t base.so=base.cpp derived.so=derived.cpp+base.so \
// RUN:   main=main.cpp+derived.so+base.so

//--- base.h
#include <typeinfo>
struct Base {
  virtual ~Base();
  virtual int value();
};
struct Side {
  virtual ~Side();
  virtual int side();
};
struct Derived : Base, virtual Side {
  int value() override;
};
// No key function: each library emits the vtable and the type information.
template <typename T> struct Vague : T {
  virtual int vague() { return 9; }
};
Base *makeDerived();
Base *makeVague();
const std::type_info &vagueType();
Side *sideOf(Base *object);

//--- base.cpp
#include "base.h"
Base::~Base() {}
int Base::value() { return 1; }
Side::~Side() {}
int Side::side() { return 2; }
Side *sideOf(Base *object) { return dynamic_cast<Side *>(object); }

//--- derived.cpp
#include "base.h"
int Derived::value() { return 3; }
Base *makeDerived() { return new Derived; }
Base *makeVague() { return new Vague<Base>; }
const std::type_info &vagueType() { return typeid(Vague<Base>); }

//--- main.cpp
#include "base.h"
#include <stdio.h>
int main() {
  Base *derived = makeDerived(), *vague = makeVague(), *own = new Vague<Base>;
  printf("%s %s\n", typeid(*derived).name(), typeid(*vague).name());
  printf("%d %d %d\n", typeid(*derived) == typeid(Derived),
         typeid(*vague) == typeid(*own), vagueType() == typeid(*own));
  printf("%d %d\n", dynamic_cast<Derived *>(derived) != nullptr,
         dynamic_cast<Derived *>(vague) != nullptr);
  Side *side = sideOf(derived);
  printf("%d %d\n", side->side(), dynamic_cast<Base *>(side)->value());
  printf("%d %d\n", dynamic_cast<Vague<Base> *>(vague)->vague(), own->value());
  printf("%d %d\n", sideOf(own) == nullptr,
         dynamic_cast<void *>(side) == dynamic_cast<void *>(derived));
  delete derived;
  delete vague;
  delete own;
}

//--- expected
7Derived 5VagueI4BaseE
1 1 1
1 0
2 3
9 1
1 1
