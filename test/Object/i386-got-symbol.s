# hazard O04
# An i386 object that already has _GLOBAL_OFFSET_TABLE_ gets no second one: the
# stubs use the symbol that stands there, whose index does not move.

# RUN: %mc32 %s -o %t.o
# RUN: %objprelink1 -v %t.o | FileCheck %s --check-prefix=SAID
# RUN: llvm-readelf -rsW %t.o | FileCheck %s

# SAID: vtable for A+0x8: A::f(): -> .L_ZN1A1fEv.relay

# CHECK: .rel.objprelink.text
# CHECK: R_386_GOTPC 00000000 _GLOBAL_OFFSET_TABLE_
# CHECK: Symbol table
# CHECK: {{ [1-5]}}: 00000000 0 NOTYPE GLOBAL DEFAULT UND _GLOBAL_OFFSET_TABLE_
# CHECK-NOT: _GLOBAL_OFFSET_TABLE_

  call 1f
1: popl %ebx
  addl $_GLOBAL_OFFSET_TABLE_, %ebx

  .section .data.rel.ro,"aw"
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, _ZTI1A, _ZN1A1fEv
  .size _ZTV1A, .-_ZTV1A
