## hazard I16
## Core dumps hold the first page of each file, and tools know a library that is
## gone by the build-id in it: the note stays in this page, though the
## hash table is too small to make room for it and the dynamic symbols must move.

# REQUIRES: bfd, gold
# RUN: rm -rf %t && mkdir %t && cd %t && %mc64 --defsym=LIBRARY=1 %s -o lib.o && %mc64 %s -o a.o
# RUN: ld.bfd -shared lib.o -soname lib.so -o lib.so
# RUN: ld.gold -shared --hash-style=gnu --build-id a.o lib.so -o gold.so
# RUN: ld.bfd -shared --hash-style=gnu --build-id a.o lib.so -o bfd.so
# RUN: %objprelink2 gold.so -o new && llvm-readelf -SW new > said && llvm-readelf -n new >> said
# RUN: %objprelink1 --undo new -o back && cmp back gold.so
# RUN: %objprelink2 bfd.so -o new && llvm-readelf -SW new >> said && llvm-readelf -n new >> said
# RUN: FileCheck %s < said

# CHECK: .note.gnu.build-id NOTE 0000000000000{{...}} 000{{...}} 
# CHECK: Build ID:
# CHECK: .note.gnu.build-id NOTE 0000000000000{{...}} 000{{...}} 
# CHECK: Build ID:

  .altmacro
  .macro each n
    .ifdef LIBRARY
    .globl f\n
    .type f\n, @function
  f\n:
    .else
    .quad f\n
    .endif
  .endm
  .ifndef LIBRARY
  .section .data.rel.ro,"aw"
  .p2align 3
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .quad 0, 0
  .rept 2
  .endif
  .set i, 0
  .rept 200
    each %i
    .set i, i + 1
  .endr
  .ifndef LIBRARY
  .endr
  .size _ZTV1A, .-_ZTV1A
  .endif
