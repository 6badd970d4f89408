# hazard V04
# Undefined thunks (_ZTh, _ZTv, _ZTc) are functions although their names begin
# like those of typeinfo; defined ones belong to --slots=all.

# RUN: %mc64 %s -o %t.64.o && %mc32 %s -o %t.32.o
# RUN: %objprelink1 -v %t.64.o | FileCheck %s --check-prefix=SAID
# RUN: %objprelink1 -v %t.32.o | FileCheck %s --check-prefix=SAID
# RUN: llvm-readelf -rW %t.64.o | FileCheck %s
# RUN: llvm-readelf -rW %t.32.o | FileCheck %s

# SAID:      non-virtual thunk to A::f(): -> .L_ZThn8_N1A1fEv.relay
# SAID-NEXT: virtual thunk to A::f(): -> .L_ZTv0_n24_N1A1fEv.relay
# SAID-NEXT: covariant return thunk to A::g(): -> .L_ZTch0_h16_N1A1gEv.relay
# SAID-NEXT: non-virtual thunk to A::h(): left alone: defined in this object
# SAID-NEXT: 1 vtables: 3 slots redirected to 3 stubs, 2 words left alone

# CHECK:      _ZTI1A
# CHECK-NEXT: .L_ZThn8_N1A1fEv.relay
# CHECK-NEXT: .L_ZTv0_n24_N1A1fEv.relay
# CHECK-NEXT: .L_ZTch0_h16_N1A1gEv.relay
# CHECK-NEXT: _ZThn8_N1A1hEv{{( |$)}}

  .globl _ZThn8_N1A1hEv
  .type _ZThn8_N1A1hEv,@function
_ZThn8_N1A1hEv: ret

  .section .data.rel.ro,"aw"
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, _ZTI1A
  .dc.a _ZThn8_N1A1fEv, _ZTv0_n24_N1A1fEv, _ZTch0_h16_N1A1gEv, _ZThn8_N1A1hEv
  .size _ZTV1A, .-_ZTV1A
