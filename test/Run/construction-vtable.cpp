// hazard V02 V03
// While a virtual base is built the object wears a construction vtable (_ZTC)
// of another library's class, whose type information it names: virtual calls
// and typeid must reach those.

// RUN: rm -rf %t && split-file %s %t
// RUN: %run-matrix %t base.so=base.cpp mid.so=mid.cpp+base.so \
// RUN:   main=main.cpp+mid.so+base.so

//--- base.h
struct Root {
  Root();
  virtual ~Root();
  virtual const char *who();
  virtual int inherited();
};
struct Mid : virtual Root {
  Mid();
  ~Mid();
  const char *who() override;
  virtual int fresh();
};
struct Other : virtual Root {
  Other();
  ~Other();
  virtual int unrelated();
};
void say(const char *where, Root *object);

//--- base.cpp
#include "base.h"
#include <stdio.h>
#include <typeinfo>
void say(const char *where, Root *object) {
  printf("%s: %s %s %d\n", where, typeid(*object).name(), object->who(),
         object->inherited());
}
Root::Root() { say("Root()", this); }
Root::~Root() { say("~Root()", this); }
const char *Root::who() { return "Root"; }
int Root::inherited() { return 1; }

//--- mid.cpp
#include "base.h"
Mid::Mid() { say("Mid()", this); }
Mid::~Mid() { say(fresh() == 2 ? "~Mid()" : "wrong", this); }
const char *Mid::who() { return "Mid"; }
int Mid::fresh() { return 2; }
Other::Other() { say("Other()", this); }
Other::~Other() { say(unrelated() == 3 ? "~Other()" : "wrong", this); }
int Other::unrelated() { return 3; }

//--- main.cpp
#include "base.h"
struct Leaf : Mid, Other {
  Leaf() { say("Leaf()", this); }
  ~Leaf() { say("~Leaf()", this); }
  const char *who() override { return "Leaf"; }
};
int main() {
  Root *object = new Leaf;
  delete object;
}

//--- expected
Root(): 4Root Root 1
Mid(): 3Mid Mid 1
Other(): 5Other Root 1
Leaf(): 4Leaf Leaf 1
~Leaf(): 4Leaf Leaf 1
~Other(): 5Other Root 1
~Mid(): 3Mid Mid 1
~Root(): 4Root Root 1
