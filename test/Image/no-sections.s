# hazard I05
# An image without section headers is rewritten too, and gets none: so it has no
# place for an undo record, and says so.

# RUN: rm -rf %t && mkdir %t && cd %t && %mc64 %s -o a.o && %lld -shared a.o %needed64 -o a.so
# RUN: llvm-strip --strip-sections a.so -o bare.so
# RUN: %objprelink2 bare.so -o out && %objprelink1 --verify bare.so out
# RUN: llvm-readelf -hlW --dyn-relocations out | FileCheck %s
# RUN: not %objprelink1 --undo out -o back 2>&1 | FileCheck %s --check-prefix=UNDO

# CHECK:   Number of section headers: 0
# CHECK:   LOAD {{.*}} R E 0x1000
# CHECK:   LOAD {{.*}} R E 0x1000
# CHECK:   R_X86_64_RELATIVE
# CHECK:   R_X86_64_JUMP_SLOT {{.*}} f + 0
# UNDO:    error: out: no undo record: no section header table

  .section .data.rel.ro,"aw"
  .globl _ZTV1A
  .p2align 3
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, 0, f, g, f, g
  .size _ZTV1A, .-_ZTV1A
  .text
  ret
  .text
  jmp plt@PLT
