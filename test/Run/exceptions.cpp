// An exception leaves a virtual function of one library, passes the frame of a
// virtual call in another and is caught in the program; each first call also
// binds a slot, so the unwinder meets what that left behind.

// RUN: rm -rf %t && split-file %s %t
// RUN: %run-matrix %t base.so=base.cpp mid.so=mid.cpp+base.so \
// RUN:   main=main.cpp+mid.so+base.so

//--- base.h
struct Error {
  int code;
  virtual ~Error();
  virtual int value() const;
};
struct Worse : Error {
  int value() const override;
};
struct Base {
  virtual int fail(int code);
  virtual int pass(Base *inner, int code);
};
Base *make();
extern int cleaned;

//--- base.cpp
#include "base.h"
Error::~Error() {}
int Error::value() const { return code; }
int Base::fail(int code) {
  if (code < 0) {
    Worse worse;
    worse.code = code;
    throw worse;
  }
  Error error;
  error.code = code;
  throw error;
}
int Base::pass(Base *inner, int code) { return inner->fail(code); }

//--- mid.cpp
#include "base.h"
int cleaned;
int Worse::value() const { return code * 2; }
namespace {
struct Cleanup {
  ~Cleanup() { ++cleaned; }
};
struct Mid : Base {
  int pass(Base *inner, int code) override {
    Cleanup cleanup;
    try {
      return Base::pass(inner, code);
    } catch (const Worse &worse) {
      ++cleaned;
      throw;
    }
  }
};
} // namespace
Base *make() { return new Mid; }

//--- main.cpp
#include "base.h"
#include <stdio.h>
int main() {
  Base *mid = make(), *inner = make();
  int codes[] = {5, -5, 6};
  for (int code : codes) {
    try {
      mid->pass(inner, code);
    } catch (const Error &error) {
      printf("caught %d, cleaned %d\n", error.value(), cleaned);
    }
  }
}

//--- expected
caught 5, cleaned 1
caught -10, cleaned 3
caught 6, cleaned 4
