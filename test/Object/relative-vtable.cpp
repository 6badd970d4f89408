// hazard V16: refused
// A relative vtable holds 32-bit distances to functions, which cost the loader
// nothing: left alone, and said so. The same class with ordinary vtables is
// rewritten.

// RUN: %clangxx --target=x86_64-linux-gnu -fPIC -c %s -o %t.plain.o
// RUN: %clangxx --target=x86_64-linux-gnu -fPIC -c %s -o %t.o \
// RUN:   -Xclang -fexperimental-relative-c++-abi-vtables
// RUN: cp %t.o %t.before
// RUN: %objprelink1 -v %t.plain.o | FileCheck %s --check-prefix=PLAIN
// RUN: %objprelink1 -v %t.o | FileCheck %s
// RUN: cmp %t.o %t.before

// PLAIN: vtable for A+0x18: A::g(): -> .L_ZN1A1gEv.relay
// CHECK: vtable for A{{( \(.local\))?}}+0xc: A::g(): left alone: not the address of a symbol (a relative vtable?)
// CHECK: 1 vtables: 0 slots redirected to 0 stubs, 3 words left alone

struct A {
  virtual void f();
  virtual void g();
};
void A::f() {}
