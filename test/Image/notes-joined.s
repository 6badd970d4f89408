## hazard I40
## A header may be given up (the PT_NOTE of a property note) while the other notes
## move and get ours behind them in one header: they are moved notes to the
## verifier, however many headers of notes there are.

# REQUIRES: bfd
# RUN: rm -rf %t && mkdir %t && %mc64 --defsym=LIBRARY=1 %s -o %t/lib.o
# RUN: %mc64 --defsym=AT=0x2d0 %s -o %t/a.o && %mc64 --defsym=AT=0x318 %s -o %t/b.o
# RUN: ld.bfd -shared %t/lib.o -soname lib.so -o %t/lib.so
# RUN: ld.bfd -shared -z now -z separate-code --build-id %t/a.o %t/lib.so -o %t/a.so
# RUN: ld.bfd -pie -dynamic-linker=/ld.so -z now -z separate-code --build-id %t/b.o %t/lib.so -o %t/b
# RUN: %objprelink2 --override-bind-now --lazy=all %t/a.so -o %t/new.so
# RUN: %objprelink2 --override-bind-now --lazy=all %t/b -o %t/new
# RUN: llvm-readelf -SlW %t/new.so | FileCheck %s
# RUN: llvm-readelf -SlW %t/new | FileCheck %s
# RUN: %objprelink1 --undo %t/new.so -o %t/back && cmp %t/a.so %t/back

# CHECK:     .note.gnu.build-id NOTE [[#%.16x,AT:]]
# CHECK:     NOTE           0x{{[0-9a-f]+}} 0x[[#AT]]
# CHECK-NOT: NOTE           0x
# CHECK:     GNU_PROPERTY

  .altmacro
  .macro each n
    .ifdef LIBRARY
    .globl f\n
    .type f\n, @function
  f\n:
    .else
    call f\n@PLT
    .endif
  .endm
  .set i, 0
  .rept 200
    each %i
    .set i, i + 1
  .endr
  .ifndef LIBRARY
## There is no room for new code, nor for two program headers more.
  .p2align 12
  .globl _start
_start:
  lea __ehdr_start+AT(%rip), %rax
  .zero 3980
  .section .note.gnu.property,"a",@note
  .p2align 3
  .long 4, 16, 5
  .asciz "GNU"
  .long 0xc0000002, 4, 3, 0
  .endif
