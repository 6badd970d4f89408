# hazard O05
# However many slots of however many vtables and sections lead to a function,
# the object has one stub for it: the count of stubs is that of functions.

# RUN: %mc64 %s -o %t.64.o && %mc32 %s -o %t.32.o
# RUN: %objprelink2 -v %t.64.o | FileCheck %s --check-prefix=SAID
# RUN: %objprelink2 -v %t.32.o | FileCheck %s --check-prefix=SAID
# RUN: llvm-readelf -rsW %t.64.o | FileCheck %s -DSTUB=lazy
# RUN: llvm-readelf -rsW %t.32.o | FileCheck %s -DSTUB=relay

# SAID: 2 vtables: 6 slots redirected to 2 stubs, 2 words left alone

# CHECK:     Relocation section '.rel{{a?}}.data.rel.ro._ZTV1A'
# CHECK:     _ZTI1A
# CHECK:     .L_ZN1A1fEv.[[STUB]]
# CHECK:     .L_ZN1A1gEv.[[STUB]]
# CHECK:     .L_ZN1A1fEv.[[STUB]]
# CHECK:     Relocation section '.rel{{a?}}.data.rel.ro._ZTV1B'
# CHECK:     _ZTI1B
# CHECK:     .L_ZN1A1gEv.[[STUB]]
# CHECK:     .L_ZN1A1gEv.[[STUB]]
# CHECK:     .L_ZN1A1fEv.[[STUB]]

# CHECK:     Symbol table
# CHECK:     FUNC WEAK HIDDEN [[#]] .L_ZN1A1fEv.[[STUB]]
# CHECK:     FUNC WEAK HIDDEN [[#]] .L_ZN1A1gEv.[[STUB]]
# CHECK-NOT: .[[STUB]]

  .macro vtable name, slots:vararg
  .section .data.rel.ro._ZTV\name,"awG",@progbits,_ZTV\name,comdat
  .weak _ZTV\name
  .type _ZTV\name,@object
_ZTV\name:
  .dc.a 0, _ZTI\name, \slots
  .size _ZTV\name, .-_ZTV\name
  .endm
  vtable 1A, _ZN1A1fEv, _ZN1A1gEv, _ZN1A1fEv
  vtable 1B, _ZN1A1gEv, _ZN1A1gEv, _ZN1A1fEv
