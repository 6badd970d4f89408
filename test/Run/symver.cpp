// hazard O17
// A slot asks for an old version of a function, f@V1, though f@@V2 is the
// default one: its stub must be bound to the version that was asked for.

// RUN: rm -rf %t && split-file %s %t
// RUN: %run-matrix --link=base.so:-Wl,--version-script=%t/base.map %t \
// RUN:   base.so=base.cpp derived.so=derived.cpp+base.so \
// RUN:   fresh.so=fresh.cpp+base.so main=main.cpp+derived.so+fresh.so+base.so

//--- base.map
V1 { global: *; };
V2 { global: *; } V1;

//--- base.h
struct Base {
  virtual int plain(int x);
  virtual int versioned(int x);
};
Base *makeOld();
Base *makeNew();

//--- base.cpp
#include "base.h"
extern "C" int oldVersioned(Base *, int x) { return x + 1; }
extern "C" int newVersioned(Base *, int x) { return x + 2; }
asm(".symver oldVersioned, _ZN4Base9versionedEi@V1\n"
    ".symver newVersioned, _ZN4Base9versionedEi@@V2");
int Base::plain(int x) { return x; }

//--- derived.cpp
#include "base.h"
asm(".symver _ZN4Base9versionedEi, _ZN4Base9versionedEi@V1");
struct Derived : Base {
  virtual void key();
};
void Derived::key() {}
Base *makeOld() { return new Derived; }

//--- fresh.cpp
#include "base.h"
struct Fresh : Base {
  virtual void key();
};
void Fresh::key() {}
Base *makeNew() { return new Fresh; }

//--- main.cpp
#include "base.h"
#include <stdio.h>
int main() {
  Base *objects[] = {makeOld(), makeNew()};
  for (Base *object : objects)
    printf("%d %d\n", object->plain(0), object->versioned(0));
}

//--- expected
0 1
0 2
