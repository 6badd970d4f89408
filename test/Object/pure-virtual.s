# hazard V05
# __cxa_pure_virtual and __cxa_deleted_virtual fill the slots of thousands of
# abstract classes: all of them share one stub each. Zero slots, which GCC
# leaves for the destructors of abstract classes, are not relocated and stay.

# RUN: %mc64 %s -o %t.64.o && %mc32 %s -o %t.32.o
# RUN: %objprelink1 -v %t.64.o | FileCheck %s --check-prefix=SAID
# RUN: %objprelink1 -v %t.32.o | FileCheck %s --check-prefix=SAID
# RUN: llvm-readelf -rsW %t.64.o | FileCheck %s
# RUN: llvm-readelf -rsW %t.32.o | FileCheck %s
# RUN: llvm-objdump -s -j .data.rel.ro %t.64.o | FileCheck %s --check-prefix=DATA

# SAID:      __cxa_pure_virtual: -> .L__cxa_pure_virtual.relay
# SAID-NEXT: __cxa_pure_virtual: -> .L__cxa_pure_virtual.relay
# SAID-NEXT: __cxa_deleted_virtual: -> .L__cxa_deleted_virtual.relay
# SAID-NEXT: 1 vtables: 3 slots redirected to 2 stubs, 1 words left alone

# CHECK:      _ZTI1A
# CHECK-NEXT: .L__cxa_pure_virtual.relay
# CHECK-NEXT: .L__cxa_pure_virtual.relay
# CHECK-NEXT: .L__cxa_deleted_virtual.relay
# CHECK:      FUNC WEAK HIDDEN [[#]] .L__cxa_pure_virtual.relay
# CHECK-NEXT: FUNC WEAK HIDDEN [[#]] .L__cxa_deleted_virtual.relay

# DATA:      0000 00000000 00000000 00000000 00000000
# DATA-NEXT: 0010 00000000 00000000 00000000 00000000

  .section .data.rel.ro,"aw"
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, _ZTI1A, 0, 0, __cxa_pure_virtual, __cxa_pure_virtual
  .dc.a __cxa_deleted_virtual, 0
  .size _ZTV1A, .-_ZTV1A
