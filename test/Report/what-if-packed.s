# A prediction packs what a rewrite packs: no word of text and no odd place, which
# stay RELATIVE. The plan of the rewrite says the same numbers.

# REQUIRES: bfd
# RUN: rm -rf %t && split-file %s %t && cd %t && %mc64 a.s -o a.o && %mc64 libc.s -o libc.o
# RUN: %lld -shared libc.o -soname libc.so.6 --version-script=libc.map -o libc.so
# RUN: ld.bfd -z notext -shared a.o %needed64 libc.so -o a.so
# RUN: %objprelink1 --pack-relative-relocs -n -v a.so | FileCheck %s --check-prefix=PLAN
# RUN: %objprelink1 --pack-relative-relocs a.so -o packed.so
# RUN: %objprelink-report --format=csv --table=what_if a.so packed.so | FileCheck %s
# PLAN: 4 relative relocations go into DT_RELR, 2 stay where they are
# CHECK: a.so,relay_relr,{{.*}}0.00,[[#BYTES:]],
# CHECK: packed.so,today,{{.*}}0.00,[[#BYTES]],

#--- libc.map
GLIBC_2.2.5 { global: known; };
#--- libc.s
  .globl known
  .type known,@function
known: ret
#--- a.s
  .section .data.rel.ro,"aw"
  .p2align 3
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .quad 0, _ZTI1A, twice, twice
  .size _ZTV1A, .-_ZTV1A
  .data
  .p2align 3
start:
  .quad start, start
  .byte 0
  .quad start
  .text
  .globl f
f:
  call *twice@GOTPCREL(%rip)
  call *known@GOTPCREL(%rip)
  .p2align 3
  .quad start
