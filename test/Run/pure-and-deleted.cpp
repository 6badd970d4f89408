// hazard V05
// Thousands of slots hold __cxa_pure_virtual and __cxa_deleted_virtual: they
// still end in the function that the process chose, here the program's own.

// RUN: rm -rf %t && split-file %s %t
// RUN: %run-matrix %t base.so=base.cpp+early.cpp main=main.cpp+base.so

//--- base.h
struct Abstract {
  Abstract();
  virtual ~Abstract();
  virtual int pure() = 0;
  virtual int another() = 0;
  virtual int removed() = delete;
  int callEarly();
};
typedef int (*Slot)(void *);
inline Slot slotOf(void *object, int index) {
  return (*reinterpret_cast<Slot **>(object))[index];
}

//--- base.cpp
#include "base.h"
Abstract::Abstract() { callEarly(); }
Abstract::~Abstract() {}

//--- early.cpp
#include "base.h"
int Abstract::callEarly() { return pure(); }

//--- main.cpp
#include "base.h"
#include <stdio.h>
// By another name, for the compilers know that the real ones never return.
int sayPure() asm("__cxa_pure_virtual");
int sayPure() { return puts("pure"); }
int sayDeleted() asm("__cxa_deleted_virtual");
int sayDeleted() { return puts("deleted"); }
struct Concrete : Abstract {
  int pure() override { return 7; }
  int another() override { return 8; }
  int removed() = delete;
};
int main() {
  Abstract *object = new Concrete; // Its constructor calls pure() too early.
  printf("%d %d\n", object->callEarly(), object->another());
  slotOf(object, 4)(object);
  delete object;
}

//--- expected
pure
7 8
deleted
