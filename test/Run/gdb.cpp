// hazard L12
// In a program that GNU ld made a debugger shows stubs by name in a vtable, stops in one, says where it is
// and finds its way back to the caller.

// REQUIRES: gdb, i386-native
// RUN: rm -rf %t && split-file %s %t && cd %t
// RUN: %gxx -shared -g -fPIC base.cpp -o base.so -Wl,-soname,base.so
// RUN: %gxx -g -fPIC -c derived.cpp -o relay.o
// RUN: cp relay.o lazy.o
// RUN: %objprelink1 relay.o
// RUN: %objprelink2 lazy.o
// RUN: %gxx -g main.cpp relay.o base.so -Wl,-rpath,%t -o relay
// RUN: %gxx -g main.cpp lazy.o base.so -Wl,-rpath,%t -o lazy
// RUN: gdb -nx -batch -x commands relay 2>&1 | FileCheck %s -DSTUB=relay
// RUN: gdb -nx -batch -x commands lazy 2>&1 | FileCheck %s -DSTUB=lazy

// RUN: %gxx -m32 -shared -g -fPIC base.cpp -o base.so -Wl,-soname,base.so
// RUN: %gxx -m32 -g -fPIC -c derived.cpp -o derived32.o
// RUN: %objprelink2 derived32.o
// RUN: %gxx -m32 -g main.cpp derived32.o base.so -Wl,-rpath,%t -o main32
// RUN: gdb -nx -batch -x commands main32 2>&1 | FileCheck %s -DSTUB=relay

// CHECK:      vtable for 'Base'
// CHECK-NEXT: [0]: 0x{{.*}} <.L_ZN4Base5firstEv.[[STUB]]>
// CHECK-NEXT: [1]: 0x{{.*}} <.L_ZN4Base6secondEv.[[STUB]]>
// CHECK:      Breakpoint 2, 0x{{.*}} in .L_ZN4Base6secondEv.[[STUB]] ()
// CHECK:      .L_ZN4Base6secondEv.[[STUB]] in section .objprelink.text
// CHECK-NEXT: #0 {{.*}} in .L_ZN4Base6secondEv.[[STUB]] ()
// CHECK-NEXT: #1 {{.*}} in call (object={{.*}}) at main.cpp:2
// CHECK-NEXT: #2 {{.*}} in main () at main.cpp:3
// CHECK-NEXT: call (object={{.*}}) at main.cpp:2
// CHECK:      exited with code 02

//--- commands
set confirm off
set print asm-demangle on
break call
run
info vtbl object
break *(*(void ***)object)[1]
continue
info symbol $pc
backtrace
finish
continue

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
  virtual int third();
};
int Derived::third() { return 3; }
Base *make() { return new Derived; }

//--- main.cpp
#include "base.h"
int call(Base *object) { return object->second(); }
int main() { return call(make()); }
