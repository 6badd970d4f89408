## hazard I05: refused
## What follows all that an image describes may be an archive or a signature,
## found from the end of the file: it stays at the end, if that is asked for.

# RUN: rm -rf %t && mkdir %t && cd %t && %mc64 %s -o a.o && %lld -shared a.o %needed64 -o a.so
# RUN: cp a.so plain.so && echo "an overlay" >> a.so
# RUN: not %objprelink2 a.so -o out 2>&1 | FileCheck %s && not ls out
# CHECK: objprelink2: error: a.so: 11 bytes follow all that the file describes, from 0x{{[0-9a-f]+}} on (--keep-overlay keeps them at the end)
# RUN: %objprelink2 --keep-overlay a.so -o out && tail -c 11 out | grep "an overlay"
# RUN: %objprelink2 --undo out -o back && cmp back a.so
# RUN: %objprelink2 plain.so -o out && not grep "an overlay" out

  .globl _ZTV1A
  .section .data.rel.ro,"aw"
  .p2align 3
  .type _ZTV1A,@object
_ZTV1A:
  .quad 0, 0, f, g, f, g
  .size _ZTV1A, .-_ZTV1A
