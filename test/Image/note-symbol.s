# hazard I09
# A note that has a symbol is one that code may read: it stays where it is, and
# ours gets a program header of its own. Where the table has no room for one, as
# in lld's libraries, it takes the place of PT_PHDR, which libraries do without.
# There relays have words in the GOT, because new ones would want more room.

# REQUIRES: bfd
# RUN: rm -rf %t && mkdir %t && cd %t && %mc64 %s -o a.o
# RUN: ld.bfd -shared a.o %needed64 -o a.so && %objprelink2 a.so -o b.so
# RUN: llvm-readelf -lW --dyn-syms a.so > said && llvm-readelf -lnW --dyn-syms b.so >> said && FileCheck %s < said
# RUN: %mc64 -defsym=GOT=1 %s -o c.o && %lld -shared c.o %needed64 -o c.so && %objprelink1 c.so -o d.so
# RUN: llvm-readelf -lW --dyn-syms c.so > said && llvm-readelf -lnW --dyn-syms d.so >> said && FileCheck %s --check-prefix=LLD < said

# CHECK:      NOTE 0x{{[0-9a-f]+}} 0x[[#%.16x,NOTE:]]
# CHECK:      [[#%.16x,NOTE]] 20 OBJECT GLOBAL DEFAULT {{.*}} named
# CHECK:      NOTE 0x{{[0-9a-f]+}} 0x[[#%.16x,NOTE]] {{.*}} 0x000014 0x000014
# CHECK:      NOTE 0x
# CHECK:      [[#%.16x,NOTE]] 20 OBJECT GLOBAL DEFAULT {{.*}} named
# CHECK-DAG:  abc 0x00000004
# CHECK-DAG:  objprelink 0x
# LLD:      PHDR
# LLD:      NOTE 0x{{[0-9a-f]+}} 0x[[#%.16x,NOTE:]]
# LLD-NOT:  PHDR
# LLD:      [[#%.16x,NOTE]] 20 OBJECT GLOBAL DEFAULT {{.*}} named
# LLD-DAG:  abc 0x00000004
# LLD-DAG:  objprelink 0x

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
  .ifdef GOT
  .text
  mov f@GOTPCREL(%rip), %rax
  mov g@GOTPCREL(%rip), %rax
  .endif
