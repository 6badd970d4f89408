// hazard V07
// A virtual function that is an IFUNC: its resolver runs while the library is
// relocated, and slots in the same object, library or another reach its choice.

// RUN: rm -rf %t && split-file %s %t
// RUN: %run-matrix %t base.so=base.cpp+pick.cpp \
// RUN:   derived.so=derived.cpp+base.so main=main.cpp+derived.so+base.so

//--- base.h
struct Base {
  virtual int plain(); // The key function.
  virtual int here(int x);
  virtual int nextDoor(int x);
};
struct Derived : Base {
  int plain() override;
};
Base *makeBase();
Base *makeDerived();
// Makes the function an IFUNC whose resolver chooses CHOICE.
#define IFUNC(FUNCTION, CHOICE)                                                \
  extern "C" {                                                                 \
  static int choice(Base *, int x) { return CHOICE; }                          \
  __attribute__((used, visibility("hidden"))) void *resolve##FUNCTION() {      \
    return reinterpret_cast<void *>(choice);                                   \
  }                                                                            \
  }                                                                            \
  asm(".globl " #FUNCTION "\n"                                                 \
      ".type " #FUNCTION ", @gnu_indirect_function\n"                          \
      ".set " #FUNCTION ", resolve" #FUNCTION);

//--- base.cpp
#include "base.h"
IFUNC(_ZN4Base4hereEi, x + 10)
int Base::plain() { return 1; }
Base *makeBase() { return new Base; }

//--- pick.cpp
#include "base.h"
IFUNC(_ZN4Base8nextDoorEi, x + 20)

//--- derived.cpp
#include "base.h"
int Derived::plain() { return 2; }
Base *makeDerived() { return new Derived; }

//--- main.cpp
#include "base.h"
#include <stdio.h>
int main() {
  Base *objects[] = {makeBase(), makeDerived()};
  for (Base *object : objects)
    printf("%d %d %d\n", object->plain(), object->here(3), object->nextDoor(4));
}

//--- expected
1 13 24
2 13 24
