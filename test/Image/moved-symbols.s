# hazard I01
# What is behind the program headers makes room for more of them. Symbols of it,
# as the start-up code of programs has one for its ABI tag, follow; others stay.

# RUN: %mc64 %s -o %t.o && %lld -shared %t.o %needed64 -o %t.so
# RUN: llvm-readelf -sSW %t.so | FileCheck %s --check-prefixes=OLD,CHECK
# RUN: %objprelink1 %t.so -o %t.new && llvm-readelf -sSW %t.new | FileCheck %s --check-prefixes=NEW,CHECK
# RUN: %objprelink1 --verify %t.so %t.new

# OLD:   .note.tag NOTE [[TAG:0+200]]
# NEW:   .note.tag NOTE [[TAG:0+[1-9a-f][0-9a-f]{3,}]]
# CHECK: [[TAG]] 16 OBJECT LOCAL DEFAULT [[#]] tag

  .section .note.tag,"a",@note
  .type tag,@object
  .size tag, 16
tag:
  .long 4, 0, 1
  .asciz "GNU"
  .section .data.rel.ro,"aw"
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .quad 0, 0, f, f, f, g, g, g
  .size _ZTV1A, .-_ZTV1A
