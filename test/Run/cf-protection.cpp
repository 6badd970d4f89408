// hazard V18
// One object without IBT and SHSTK in its property note takes both away from
// the whole output, so rewritten objects keep the note and stubs an endbr.

// RUN: rm -rf %t && split-file %s %t
// RUN: %run-matrix --cflags='-fcf-protection=full' \
// RUN:   --link='derived.so:-nostartfiles' \
// RUN:   --linker=bfd,lld,mold --contains=IBT %t base.so=base.cpp \
// RUN:   derived.so=derived.cpp+base.so main=main.cpp+derived.so+base.so

//--- base.h
struct Base {
  virtual int first();
  virtual int second();
};
Base *make();

//--- base.cpp
#include "base.h"
int Base::first() { return 1; }
int Base::second() { return 2; }

//--- derived.cpp
#include "base.h"
struct Derived : Base {
  int second() override;
};
int Derived::second() { return 3; }
Base *make() { return new Derived; }

//--- main.cpp
#include "base.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main() {
  Base *object = make();
#ifdef __x86_64__
  const char endbr[] = "\xf3\x0f\x1e\xfa";
#else
  const char endbr[] = "\xf3\x0f\x1e\xfb";
#endif
  void **slots = *reinterpret_cast<void ***>(object);
  for (int slot = 0; slot < 2; ++slot)
    puts(memcmp(slots[slot], endbr, 4) ? "no landing pad" : "landing pad");
  printf("%d %d\n", object->first(), object->second());
}

//--- expected
landing pad
landing pad
1 3
