# hazard V06: refused
# A weak undefined function may be absent, and then its slot must be null: a
# stub would not be. A weak function that the object defines is none of these.

# RUN: %mc64 %s -o %t.64.o && %mc32 %s -o %t.32.o
# RUN: %objprelink1 -v --slots=all %t.64.o | FileCheck %s --check-prefix=SAID
# RUN: %objprelink2 -v --slots=all %t.32.o | FileCheck %s --check-prefix=SAID
# RUN: llvm-readelf -rsW %t.64.o | FileCheck %s
# RUN: llvm-readelf -rsW %t.32.o | FileCheck %s

# SAID:      A::f(): left alone: weak and undefined: a stub would make the slot non-null
# SAID-NEXT: A::g(): -> .L_ZN1A1gEv.relay

# CHECK:      _ZN1A1fEv{{( |$)}}
# CHECK-NEXT: .L_ZN1A1gEv.relay
# CHECK-NOT:  .L_ZN1A1fEv.relay

  .weak _ZN1A1fEv
  .weak _ZN1A1gEv
  .type _ZN1A1gEv,@function
_ZN1A1gEv: ret

  .section .data.rel.ro,"aw"
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, _ZTI1A, _ZN1A1fEv, _ZN1A1gEv
  .size _ZTV1A, .-_ZTV1A
