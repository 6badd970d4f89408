# hazard V07: refused
# An indirect function's slot stays: its resolver may run before the GOT word
# of a stub is relocated. The ordinary function beside it is taken.

# RUN: %mc64 %s -o %t.64.o && %mc32 %s -o %t.32.o
# RUN: %objprelink1 -v --slots=all %t.64.o | FileCheck %s --check-prefix=SAID
# RUN: %objprelink1 -v --slots=all %t.32.o | FileCheck %s --check-prefix=SAID
# RUN: llvm-readelf -rsW %t.64.o | FileCheck %s
# RUN: llvm-readelf -rsW %t.32.o | FileCheck %s

# SAID:      A::f(): left alone: an indirect function, whose resolver may run before stubs work
# SAID-NEXT: A::g(): -> .L_ZN1A1gEv.relay

# CHECK:      _ZN1A1fEv{{( |$)}}
# CHECK-NEXT: .L_ZN1A1gEv.relay
# CHECK-NOT:  .L_ZN1A1fEv.relay

  .globl _ZN1A1fEv
  .type _ZN1A1fEv,@gnu_indirect_function
_ZN1A1fEv: ret

  .section .data.rel.ro,"aw"
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, _ZTI1A, _ZN1A1fEv, _ZN1A1gEv
  .size _ZTV1A, .-_ZTV1A
