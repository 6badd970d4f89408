// A vtable of one library is called by the program and by a library that was
// built apart from both, before and after the first call bound the slot.

// RUN: rm -rf %t && split-file %s %t
// RUN: %run-matrix %t base.so=base.cpp user.so=user.cpp \
// RUN:   derived.so=derived.cpp+base.so \
// RUN:   main=main.cpp+user.so+derived.so+base.so
// RUN: %run-matrix --arch=i386 --tool-flags=--i386-scratch=eax %t \
// RUN:   base.so=base.cpp user.so=user.cpp derived.so=derived.cpp+base.so \
// RUN:   main=main.cpp+user.so+derived.so+base.so

//--- base.h
struct Base {
  virtual int fromProgram(int x);
  virtual int fromLibrary(int x);
  virtual int fromBoth(int x);
  virtual int reenter(Base *other, int depth);
};
Base *make();
int use(Base *object, int x);

//--- base.cpp
#include "base.h"
int Base::fromProgram(int x) { return x + 1; }
int Base::fromLibrary(int x) { return x + 2; }
int Base::fromBoth(int x) { return x + 3; }
int Base::reenter(Base *other, int depth) {
  return depth ? other->reenter(this, depth - 1) + 1 : fromBoth(0);
}

//--- derived.cpp
#include "base.h"
struct Derived : Base {
  virtual int more();
};
int Derived::more() { return 0; }
Base *make() { return new Derived; }

//--- user.cpp
#include "base.h"
int use(Base *object, int x) {
  return object->fromLibrary(x) * 100 + object->fromBoth(x);
}

//--- main.cpp
#include "base.h"
#include <stdio.h>
struct Mine : Base {
  int fromLibrary(int x) override { return -x; }
};
int main() {
  Base *derived = make(), *mine = new Mine;
  for (int x = 0; x < 2; ++x)
    printf("%d %d %d %d\n", derived->fromProgram(x), use(derived, x),
           derived->fromBoth(x), use(mine, x));
  printf("%d\n", derived->reenter(mine, 5));
}

//--- expected
1 203 3 3
2 304 4 -96
8
