# hazard V01
# A vtable is found by its symbol's extent wherever the compiler puts it:
# GCC 2 and 3 used other sections than today's, and the first objprelink, which
# went by the section's name, broke over that.

# RUN: %mc64 %s -o %t.64.o && %mc32 %s -o %t.32.o
# RUN: %objprelink1 -v %t.64.o | FileCheck %s --check-prefix=SAID
# RUN: %objprelink1 -v %t.32.o | FileCheck %s --check-prefix=SAID
# RUN: llvm-readelf -rW %t.64.o | FileCheck %s
# RUN: llvm-readelf -rW %t.32.o | FileCheck %s

# SAID: 5 vtables: 5 slots redirected to 5 stubs, 5 words left alone

# CHECK: Relocation section '.rel{{a?}}.data'
# CHECK: .Lf1A.relay
# CHECK: Relocation section '.rel{{a?}}.rodata'
# CHECK: .Lf1B.relay
# CHECK: Relocation section '.rel{{a?}}.data.rel.ro'
# CHECK: .Lf1C.relay
# CHECK: Relocation section '.rel{{a?}}.data.rel.ro.local._ZTV1D'
# CHECK: .Lf1D.relay
# CHECK: Relocation section '.rel{{a?}}odd name'
# CHECK: .Lf1E.relay

  .macro vtable name, section, flags
  .section "\section","\flags",@progbits
  .globl _ZTV\name
  .type _ZTV\name,@object
_ZTV\name:
  .dc.a 0, _ZTI\name, f\name
  .size _ZTV\name, .-_ZTV\name
  .endm
  vtable 1A, .data, aw
  vtable 1B, .rodata, a
  vtable 1C, .data.rel.ro, aw
  vtable 1D, .data.rel.ro.local._ZTV1D, aw
  vtable 1E, "odd name", a
