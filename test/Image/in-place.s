## hazard I07
## An image is written over only when that is asked for, and then under a new
## inode: a program that has the old file mapped keeps it. A second run, in
## whatever mode, changes nothing.

# RUN: rm -rf %t && mkdir %t && cd %t && %mc64 %s -o a.o && %lld -shared a.o %needed64 -o a.so
# RUN: cp a.so old.so && chmod 750 a.so && ln a.so link.so
# RUN: not %objprelink1 a.so 2>&1 | FileCheck %s && cmp a.so old.so
# CHECK: objprelink1: error: a.so: a shared library or PIE is rewritten to -o <file>, or over itself with --in-place
# RUN: not %objprelink1 --in-place -o b.so a.so 2>&1 | FileCheck %s --check-prefix=BOTH
# BOTH: objprelink1: error: -o and --in-place exclude each other
# RUN: %objprelink1 --in-place a.so && not cmp a.so old.so && cmp link.so old.so
# RUN: stat -c %%a a.so | FileCheck %s --check-prefix=MODE
# MODE: 750
# RUN: cp a.so once.so && %objprelink1 --in-place a.so | FileCheck %s --check-prefix=TWICE
# RUN: %objprelink2 --in-place --pack-relative-relocs a.so && cmp a.so once.so
# TWICE: a.so: left alone: rewritten already, by version
# RUN: %objprelink2 -n old.so | FileCheck %s --check-prefix=ROOM && ls | FileCheck %s --check-prefix=FILES --implicit-check-not={{.}}
# ROOM: old.so: no room in the dynamic table for a PLT: relays instead of lazy entries
# FILES: a.o
# FILES-NEXT: a.so
# FILES-NEXT: link.so
# FILES-NEXT: old.so
# FILES-NEXT: once.so

  .globl _ZTV1A
  .section .data.rel.ro,"aw"
  .p2align 3
  .type _ZTV1A,@object
_ZTV1A:
  .quad 0, 0, f, g, f, g
  .size _ZTV1A, .-_ZTV1A
