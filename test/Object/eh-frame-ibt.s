# hazard O11 V18
# The landing pad shifts what the call frame information says about the i386
# stubs by its four bytes.

# RUN: %mc32 --defsym BITS=1 %s -o %t.keep.o && %objprelink1 --stub-unwind-tables %t.keep.o
# RUN: %mc32 --defsym BITS=3 %s -o %t.eax.o && %objprelink1 --stub-unwind-tables %t.eax.o
# RUN: %lld -shared %t.keep.o -o %t.keep && %lld -shared %t.eax.o -o %t.eax
# RUN: readelf -wF %t.keep | FileCheck %s --check-prefix=KEEP
# RUN: readelf -wF %t.eax | FileCheck %s --check-prefix=EAX

# KEEP:      FDE {{.*}}..[[#%.8x,END:]]
# KEEP-NEXT: LOC CFA ra
# KEEP-NEXT: [[#%.8x,END - 30]] esp+4 c-4
# KEEP-NEXT: [[#%.8x,END - 25]] esp+8 c-4
# KEEP-NEXT: [[#%.8x,END - 24]] esp+12 c-4
# KEEP-NEXT: [[#%.8x,END - 18]] esp+16 c-4
# KEEP-NEXT: [[#%.8x,END - 17]] esp+12 c-4
# KEEP-NEXT: [[#%.8x,END - 1]] esp+8 c-4

# EAX:      FDE {{.*}}..[[#%.8x,END:]]
# EAX-NEXT: LOC CFA ra
# EAX-NEXT: [[#%.8x,END - 21]] esp+4 c-4
# EAX-NEXT: [[#%.8x,END - 12]] esp+8 c-4
# EAX-NEXT: [[#%.8x,END - 11]] esp+4 c-4

  .section .data.rel.ro,"aw"
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, _ZTI1A, _ZN1A1fEv
  .size _ZTV1A, .-_ZTV1A
  .section .note.gnu.property,"a",@note
  .long 4, 12, 5
  .asciz "GNU"
  .long 0xc0000002, 4, BITS
