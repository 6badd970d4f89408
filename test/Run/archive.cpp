// hazard O14
// An archive rewritten as a whole gives its members by need, as before: one
// is pulled in by a vtable, one by a slot's function, and one stays out.

// RUN: rm -rf %t && split-file %s %t
// RUN: %run-matrix --rewrite=all.a %t base.so=base.cpp \
// RUN:   all.a=pulled.cpp+helper.cpp+unwanted.cpp \
// RUN:   derived.so=user.cpp+all.a+base.so main=main.cpp+derived.so+base.so
// RUN: %run-matrix --rewrite=user.cpp,all.a %t base.so=base.cpp \
// RUN:   all.a=pulled.cpp+helper.cpp+unwanted.cpp \
// RUN:   derived.so=user.cpp+all.a+base.so main=main.cpp+derived.so+base.so

//--- base.h
struct Base {
  virtual int first();
  virtual int second();
};
struct Pulled : Base {
  int first() override;
  virtual int helper();
};
Pulled *make();

//--- base.cpp
#include "base.h"
int Base::first() { return 1; }
int Base::second() { return 2; }

//--- pulled.cpp
#include "base.h"
int Pulled::first() { return 10; }

//--- helper.cpp
#include "base.h"
int Pulled::helper() { return 5; }

//--- unwanted.cpp
#include "base.h"
#include <stdio.h>
struct Unwanted : Base {
  Unwanted() { puts("unwanted"); }
} unwanted;

//--- user.cpp
#include "base.h"
struct User : Pulled {
  virtual void key();
};
void User::key() {}
Pulled *make() { return new User; }

//--- main.cpp
#include "base.h"
#include <stdio.h>
int main() {
  Pulled *object = make();
  printf("%d %d %d\n", object->first(), object->second(), object->helper());
}

//--- expected
10 2 5
