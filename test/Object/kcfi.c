// hazard V13: refused
// kCFI puts a hash before each function and traps where an indirect call finds
// none; a stub has none. Such an object, known by its traps, hashes or types, is
// refused if it has slots to redirect.

// RUN: rm -rf %t && split-file %s %t && cd %t
// RUN: %mc64 plain.s -o plain.o && %mc64 called.s -o called.o
// RUN: %mc64 defined.s -o defined.o && %mc64 taken.s -o taken.o && cp called.o before
// RUN: %clang --target=x86_64-linux-gnu -O2 -fsanitize=kcfi -c real.c -o real.o
// RUN: llvm-readelf -sSW real.o | FileCheck %s --check-prefix=REAL
// RUN: %objprelink1 -v plain.o | FileCheck %s --check-prefix=PLAIN
// RUN: cp real.o real.before && %objprelink1 -v real.o | FileCheck %s --check-prefix=NONE
// RUN: cmp real.o real.before
// RUN: %status %objprelink1 called.o defined.o taken.o 2>&1 | FileCheck %s
// RUN: cmp called.o before

// REAL: .kcfi_traps
// REAL: __cfi_f

// PLAIN:  A::f(): -> .L_ZN1A1fEv.relay
// NONE:   0 vtables
// CHECK:  objprelink1: error: called.o: compiled with -fsanitize=kcfi, which would trap at a stub
// CHECK:  objprelink1: error: defined.o: compiled with -fsanitize=kcfi, which would trap at a stub
// CHECK:  objprelink1: error: taken.o: compiled with -fsanitize=kcfi, which would trap at a stub
// CHECK:  status 1

//--- plain.s
  .section .data.rel.ro,"aw"
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, _ZTI1A, _ZN1A1fEv
  .size _ZTV1A, .-_ZTV1A
//--- called.s
  .include "plain.s"
  .section .kcfi_traps,"ao",@progbits,.text
  .long 0
//--- defined.s
  .include "plain.s"
  .text
__cfi_f: nop
//--- taken.s
  .include "plain.s"
  .weak __kcfi_typeid_f
  .set __kcfi_typeid_f, 1234
//--- real.c
void f(void (*p)(void)) { p(); }
