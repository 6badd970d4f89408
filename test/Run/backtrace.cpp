// hazard O11
// A profiler's signal may arrive at any instruction of a stub. Single steps
// stop at each of them, and with --stub-unwind-tables the unwinder knows the
// stub and finds main().

// RUN: rm -rf %t && split-file %s %t
// RUN: %run-matrix --tool-flags=--stub-unwind-tables \
// RUN:   --cflags=-fasynchronous-unwind-tables %t base.so=base.cpp \
// RUN:   derived.so=derived.cpp+base.so main=main.cpp+derived.so+base.so
// RUN: %run-matrix --tool-flags=--stub-unwind-tables \
// RUN:   --cflags='-fasynchronous-unwind-tables -fcf-protection' %t \
// RUN:   base.so=base.cpp derived.so=derived.cpp+base.so \
// RUN:   main=main.cpp+derived.so+base.so

//--- base.h
struct Base {
  virtual int traced(int x);
};
Base *make();

//--- base.cpp
#include "base.h"
int Base::traced(int x) { return x + 1; }

//--- derived.cpp
#include "base.h"
struct Derived : Base {
  virtual void key();
};
void Derived::key() {}
Base *make() { return new Derived; }

//--- main.cpp
#include "base.h"
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>
#include <unwind.h>
int main();
static void *slot;
static int steps, lost;

static _Unwind_Reason_Code visit(_Unwind_Context *context, void *found) {
  if (_Unwind_GetRegionStart(context) == reinterpret_cast<_Unwind_Ptr>(main))
    *static_cast<bool *>(found) = true;
  return _URC_NO_REASON;
}
static void step(int, siginfo_t *, void *context) {
#ifdef __x86_64__
  auto pc = static_cast<ucontext_t *>(context)->uc_mcontext.gregs[REG_RIP];
#else
  auto pc = static_cast<ucontext_t *>(context)->uc_mcontext.gregs[REG_EIP];
#endif
  // It looks one byte back, as for a return address.
  if (_Unwind_FindEnclosingFunction(reinterpret_cast<void *>(pc + 1)) != slot)
    return;
  bool found = false;
  _Unwind_Backtrace(visit, &found);
  ++steps;
  lost += !found;
}
#ifdef __x86_64__ // Flip the trap flag, leaving the red zone alone.
#define FLIP_TRAP_FLAG                                                         \
  asm volatile("lea -128(%rsp), %rsp; pushfq; xorq $0x100, (%rsp); popfq;"     \
               "lea 128(%rsp), %rsp")
#else
#define FLIP_TRAP_FLAG asm volatile("pushfl; xorl $0x100, (%esp); popfl")
#endif
int main() {
  Base *object = make();
  slot = **reinterpret_cast<void ***>(object);
  struct sigaction action = {};
  action.sa_sigaction = step;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGTRAP, &action, nullptr);
  FLIP_TRAP_FLAG;
  int result = object->traced(41);
  FLIP_TRAP_FLAG;
  printf("%d, %s, %d lost\n", result, steps ? "stepped" : "unknown", lost);
  bool isStub = slot != dlsym(RTLD_DEFAULT, "_ZN4Base6tracedEi");
  puts(isStub == !!strcmp(getenv("RUN_MATRIX"), "plain") ? "right" : "wrong");
}

//--- expected
42, stepped, 0 lost
right
