# hazard L48
# An output without section headers (-z nosectionheader) has the slots of any
# other and is rewritten; it gets no section headers, and its map stays LLD's.

# REQUIRES: llvm-20
# RUN: rm -rf %t && mkdir %t && cd %t && %mc64 %s -o a.o
# RUN: env LLD_VERSION=x %lld -shared a.o %needed64 -o plain.so -z nosectionheader --build-id -Map=plain.map
# RUN: env LLD_VERSION=x %ld.objprelink -shared a.o %needed64 -o a.so -z nosectionheader --build-id \
# RUN:   -Map=a.map --objprelink-report=report --objprelink-strict
# RUN: FileCheck --check-prefix=REPORT %s < report
# RUN: llvm-readelf -h --dyn-relocations a.so | FileCheck %s
# RUN: cmp plain.map a.map
# RUN: %objprelink2 --verify plain.so a.so
# RUN: llvm-readelf -n plain.so > plain && llvm-readelf -n a.so > id
# RUN: not cmp plain id
## New program headers may be where LLD has reserved some, which are zeros.
# RUN: sed "/call/d; s/p2align 3/p2align 8/" %s | %mc64 -o b.o
# RUN: env LLD_VERSION=x %lld -shared b.o %needed64 -o plain.so -z nosectionheader
# RUN: env LLD_VERSION=x %ld.objprelink -shared b.o %needed64 -o b.so \
# RUN:   -z nosectionheader --objprelink-strict
# RUN: %objprelink2 --verify plain.so b.so
# RUN: python3 -c "b = bytearray(open('plain.so', 'rb').read()); \
# RUN:   b[64 + 56 * b[56]] = 1; open('bad.so', 'wb').write(b)"
# RUN: not %objprelink2 --verify bad.so b.so 2>&1 \
# RUN:   | FileCheck --check-prefix=BAD %s

# REPORT: "outcome":"rewritten","vtables":1,"slots":3,"mode":"lazy"
# REPORT-SAME: "redirected":3,"functions":2,"lazyWords":2
# BAD: the byte at 0x190 is {{..}} and was 01
# CHECK: Number of section headers: 0
# CHECK-NOT: R_X86_64_64
# CHECK-COUNT-3: R_X86_64_RELATIVE
# CHECK-COUNT-3: R_X86_64_JUMP_SLOT

  .section .data.rel.ro,"aw"
  .p2align 3
  .globl _ZTV1A
  .type _ZTV1A, @object
_ZTV1A:
  .quad 0, 0, f, g, f
  .size _ZTV1A, . - _ZTV1A
  .type f, @function
  .type g, @function
  .text
  call h@PLT
