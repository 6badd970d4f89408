// hazard V08
// Functions that bind inside their library, because they are hidden or
// protected or by -Bsymbolic or a version script, work with a stub or without.

// RUN: rm -rf %t && split-file %s %t
// RUN: %run-matrix %t base.so=base.cpp \
// RUN:   derived.so=derived.cpp+help.cpp+base.so main=main.cpp+derived.so
// RUN: %run-matrix --link=derived.so:-Wl,-Bsymbolic %t base.so=base.cpp \
// RUN:   derived.so=derived.cpp+help.cpp+base.so main=main.cpp+derived.so
// RUN: %run-matrix --link=derived.so:-Wl,--version-script=%t/derived.map %t \
// RUN:   base.so=base.cpp derived.so=derived.cpp+help.cpp+base.so \
// RUN:   main=main.cpp+derived.so

//--- derived.map
{ global: make; local: *; };

//--- base.h
#define HIDDEN __attribute__((visibility("hidden")))
#define PROTECTED __attribute__((visibility("protected")))
struct Base {
  virtual int inherited();
  virtual int overridden();
};
struct Derived : Base {
  int overridden() override;
  HIDDEN virtual int hiddenHere();
  HIDDEN virtual int hiddenElsewhere();
  PROTECTED virtual int protectedHere();
  PROTECTED virtual int protectedElsewhere();
};
struct HIDDEN Inner : Derived {
  int overridden() override;
};
extern "C" Derived *make(int which);

//--- base.cpp
#include "base.h"
int Base::inherited() { return 1; }
int Base::overridden() { return 2; }

//--- derived.cpp
#include "base.h"
int Derived::overridden() { return 3; }
int Derived::hiddenHere() { return 4; }
int Derived::protectedHere() { return 5; }
Derived *make(int which) { return which ? new Inner : new Derived; }

//--- help.cpp
#include "base.h"
int Derived::hiddenElsewhere() { return 6; }
int Derived::protectedElsewhere() { return 7; }
int Inner::overridden() { return 8; }

//--- main.cpp
#include "base.h"
#include <stdio.h>
int main() {
  for (int which = 0; which < 2; ++which) {
    Derived *object = make(which);
    printf("%d %d %d %d %d %d\n", object->inherited(), object->overridden(),
           object->hiddenHere(), object->hiddenElsewhere(),
           object->protectedHere(), object->protectedElsewhere());
  }
}

//--- expected
1 3 4 6 5 7
1 8 4 6 5 7
