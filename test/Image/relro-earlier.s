## hazard V22
## GNU ld's RELRO begins in the middle of a page, and the zeros before it are
## nobody's: it begins earlier to have words for relays.

# REQUIRES: bfd
# RUN: %mc64 %s -o %t.o && ld.bfd -shared -z relro -z separate-code %t.o %needed64 -o %t.so
# RUN: llvm-readelf -lW %t.so > %t.said && %objprelink1 %t.so -o %t.new && llvm-readelf -SlrW %t.new >> %t.said
# RUN: FileCheck %s < %t.said
# RUN: %objprelink1 --verify %t.so %t.new
# RUN: %objprelink1 --undo %t.new -o %t.back && cmp %t.so %t.back
# RUN: strip %t.new && llvm-readelf -SlrW %t.new >> %t.stripped && FileCheck %s --check-prefix=STRIPPED < %t.stripped

# CHECK:      LOAD 0x{{[0-9a-f]+}} 0x[[#%.16x,BEGIN:]] {{.*}} RW
# CHECK:      GNU_RELRO 0x{{[0-9a-f]+}} 0x[[#BEGIN]]
# CHECK:      .got.objprelink.relro PROGBITS [[#%.16x,BEGIN-16]] {{[0-9a-f]+}} 000010 00 WA
# CHECK:      LOAD 0x{{[0-9a-f]+}} 0x[[#%.16x,BEGIN-16]] {{.*}} RW
# CHECK:      GNU_RELRO 0x{{[0-9a-f]+}} 0x[[#%.16x,BEGIN-16]]
# CHECK-NOT:  R_X86_64_64
# CHECK-DAG:  [[#%.16x,BEGIN-16]] {{.*}} R_X86_64_GLOB_DAT {{.*}} f + 0
# CHECK-DAG:  [[#%.16x,BEGIN-8]] {{.*}} R_X86_64_GLOB_DAT {{.*}} g + 0
# STRIPPED:   .got.objprelink.relro PROGBITS [[#%.16x,BEGIN:]]
# STRIPPED:   LOAD 0x{{[0-9a-f]+}} 0x[[#BEGIN]] {{.*}} RW
# STRIPPED:   GNU_RELRO 0x{{[0-9a-f]+}} 0x[[#BEGIN]]

  .section .data.rel.ro,"aw"
  .p2align 3
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .quad 0, 0, f, f, f, g, g
  .size _ZTV1A, .-_ZTV1A
