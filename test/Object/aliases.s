# hazard V01 V21
# Two names of one vtable, one inside another, and neighbours without a gap:
# each slot is taken once and counted for the first name.

# RUN: %mc64 %s -o %t.64.o && %mc32 %s -o %t.32.o
# RUN: %objprelink1 -v %t.64.o | FileCheck %s && %objprelink1 -v %t.32.o | FileCheck %s
# RUN: llvm-readelf -rW %t.64.o | FileCheck %s --check-prefix=RELOC
# RUN: llvm-readelf -rW %t.32.o | FileCheck %s --check-prefix=RELOC

# CHECK:      vtable for A+{{.*}}: f: -> .Lf.relay
# CHECK-NEXT: vtable for A+{{.*}}: g: -> .Lg.relay
# CHECK-NEXT: vtable for D+{{.*}}: f: -> .Lf.relay
# CHECK-NEXT: 2 vtables: 3 slots redirected to 2 stubs, 0 words left alone

# RELOC:      .Lf.relay
# RELOC-NEXT: .Lg.relay
# RELOC-NEXT: .Lf.relay

  .data
  .globl _ZTV1A, _ZTV1B, _ZTV1C, _ZTV1D
  .type _ZTV1A,@object
  .type _ZTV1B,@object
  .type _ZTV1C,@object
  .type _ZTV1D,@object
_ZTV1A:
_ZTV1B:
  .dc.a 0
_ZTV1C:
  .dc.a 0, f, g
  .size _ZTV1A, .-_ZTV1A
  .size _ZTV1B, .-_ZTV1B
  .size _ZTV1C, .-_ZTV1C
_ZTV1D:
  .dc.a 0, 0, f
  .size _ZTV1D, .-_ZTV1D
