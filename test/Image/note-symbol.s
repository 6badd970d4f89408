# A note that has a symbol is one that code may read: it stays where it is, and
# ours gets a program header of its own. Where that has no room, nothing is done.

# REQUIRES: bfd
# RUN: rm -rf %t && mkdir %t && cd %t && %mc64 %s -o a.o
# RUN: ld.bfd -shared a.o -o a.so && %objprelink1 a.so -o b.so
# RUN: llvm-readelf -lW --dyn-syms a.so > said && llvm-readelf -lnW --dyn-syms b.so >> said && FileCheck %s < said
# RUN: %lld -shared a.o -o c.so && not %objprelink1 c.so -o d.so 2>&1 | FileCheck %s --check-prefix=LLD

# CHECK:      NOTE 0x{{[0-9a-f]+}} 0x[[#%.16x,NOTE:]]
# CHECK:      [[#%.16x,NOTE]] 20 OBJECT GLOBAL DEFAULT {{.*}} named
# CHECK:      NOTE 0x{{[0-9a-f]+}} 0x[[#%.16x,NOTE]] {{.*}} 0x000014 0x000014
# CHECK:      NOTE 0x
# CHECK:      [[#%.16x,NOTE]] 20 OBJECT GLOBAL DEFAULT {{.*}} named
# CHECK-DAG:  abc 0x00000004
# CHECK-DAG:  objprelink 0x
# LLD: error: c.so: no room for more program headers: symbol 'named' is at 0x{{[0-9a-f]+}}, in what would have to move

  .section .note.x,"a",@note
  .p2align 2
  .globl named
  .type named,@object
named:
  .long 4, 4, 1
  .asciz "abc"
  .long 0x12345678
  .size named, .-named
  .section .data.rel.ro,"aw"
  .p2align 3
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .quad 0, 0, f, g, f, g
  .size _ZTV1A, .-_ZTV1A
