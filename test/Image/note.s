# The note says what was done; its hash tells two results apart, which have the
# build-id of the old file in common, so that debug files are still found. What
# is printed and what is written are the same with --dry-run, but nothing is.

# RUN: rm -rf %t && mkdir %t && cd %t && %mc64 %s -o a.o
# RUN: %lld -shared --build-id=0x0123456789abcdef a.o %needed64 -o a.so
# RUN: %objprelink1 a.so -o relay.so && %objprelink2 a.so -o lazy.so
# RUN: %objprelink2 --slots=undefined a.so -o few.so
# RUN: bash -c 'for i in relay lazy few; do llvm-readelf -n $i.so | grep Build; \
# RUN:   llvm-strings -a $i.so | grep version; done' | FileCheck %s
# RUN: %objprelink2 -v a.so -o again.so > said && cmp lazy.so again.so
# RUN: %objprelink2 -v --dry-run a.so -o dry.so > dry && cmp said dry && not ls dry.so && grep redirected dry
# RUN: %objprelink2 -n --in-place a.so && %objprelink1 -v --verify a.so a.so

# CHECK:      Build ID: 0123456789abcdef
# CHECK-NEXT: {"version":"[[VERSION:[0-9.]+]]","mode":"relay","options":[],"slots":6,"functions":3,"hash":"[[HASH:[0-9a-f]+]]"}
# CHECK:      Build ID: 0123456789abcdef
# CHECK-NOT:  [[HASH]]
# CHECK:      {"version":"[[VERSION]]","mode":"lazy","options":[],"slots":4,"functions":2,"hash":"{{[0-9a-f]+}}"}
# CHECK:      Build ID: 0123456789abcdef
# CHECK-NEXT: "mode":"lazy","options":[],"slots":4,"functions":2

  .section .data.rel.ro,"aw"
  .globl _ZTV1A, here
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, 0, f, g, f, g, here, here
  .size _ZTV1A, .-_ZTV1A
  .data
  .dc.a .data
  .text
  .type here,@function
here:
  jmp plt@PLT
