# hazard I01 I09
# A note that must stay where it is leaves no room for a program header. New
# words then go behind .bss, which comes into the file, and the notes are copied
# in front of ours: no header is added.

# REQUIRES: bfd
# RUN: rm -rf %t && mkdir %t && cd %t && %mc64 %s -o a.o && ld.bfd --build-id -shared a.o %needed64 -o a.so
# RUN: %objprelink2 a.so -o b.so && llvm-readelf -hlSnW b.so | FileCheck %s
# RUN: llvm-readelf -h a.so | grep "Number of program headers" > 1 && llvm-readelf -h b.so | grep -f 1
# RUN: %objprelink2 --undo b.so -o c.so && cmp a.so c.so
# RUN: strip b.so && llvm-readelf -nW b.so | FileCheck %s --check-prefix=NOTES

# CHECK:      .note.mine        NOTE            [[#%.16x,NOTE:]]
# CHECK:      .bss              NOBITS          [[#%.16x,BSS:]] {{[0-9a-f]+}} 000028
# CHECK:      .note.objprelink  NOTE            [[#%.16x,COPY:]]
# CHECK:      .got.objprelink   PROGBITS        [[#%.16x,BSS+0x28]]
# CHECK:      NOTE 0x{{[0-9a-f]+}} 0x[[#%.16x,COPY]]
# NOTES-DAG:  abc 0x00000004
# NOTES-DAG:  objprelink 0x

  .section .note.mine,"a",@note
  .p2align 2
note:
  .long 4, 4, 1
  .asciz "abc"
  .long 0x12345678
  .text
  .globl get
  .type get,@function
get:
  lea note(%rip), %rax
  ret
  .bss
  .p2align 3
  .zero 40
  .section .data.rel.ro,"aw"
  .p2align 3
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .quad 0, 0, f, g, f, g
  .size _ZTV1A, .-_ZTV1A
