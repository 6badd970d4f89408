// hazard V11 V12
// clang's CFI checks the address of a vtable against the layout that the
// link-time optimizer gave it, never a slot: what comes out of that is
// rewritten, and no byte of a vtable moves. The names that cross-DSO checks use
// are not those of kCFI.

// RUN: %clangxx --target=x86_64-linux-gnu -O1 -fPIC -flto -fvisibility=default \
// RUN:   -fsanitize=cfi-vcall -fsanitize-cfi-cross-dso -c %s -o %t.bc
// RUN: %lld -r %t.bc -o %t.o && %objprelink1 -v %t.o -o %t.new | FileCheck %s
// RUN: %changed %t.o %t.new | FileCheck %s --check-prefix=CHANGED --match-full-lines
// RUN: llvm-readelf -sW %t.new | FileCheck %s --check-prefix=SYMBOLS

// CHECK:      vtable for A+0x10: A::f(): left alone: defined in this object
// CHECK-NEXT: vtable for A+0x18: A::g(): -> .L_ZN1A1gEv.relay
// CHECK:      vtable for B+0x18: A::g(): -> .L_ZN1A1gEv.relay

// CHANGED:      .rela.data.rel.ro{{.*}} contents
// CHANGED-NEXT: .symtab grew
// CHANGED-NEXT: .shstrtab grew
// CHANGED-NEXT: .strtab grew
// CHANGED-NEXT: added 4 sections

// SYMBOLS: __cfi_slowpath
// SYMBOLS: __typeid__ZTS1A_global_addr
// SYMBOLS: .L_ZN1A1gEv.relay

struct A {
  virtual void f();
  virtual void g();
};
struct B : A {
  void f() override;
};
void A::f() {}
void B::f() {}
void call(A *a) { a->g(); }
A *make() { return new B; }
