# hazard V17: refused
# The slots of AArch64's pointer authentication are signed by the loader, for
# their place and for the function's name: no stub could stand for one.

# RUN: rm -rf %t && mkdir %t && cd %t
# RUN: llvm-mc -filetype=obj -triple=aarch64-linux-gnu -mattr=+pauth %s -o a.o
# RUN: llvm-readelf -r a.o | FileCheck %s --check-prefix=SIGNED
# RUN: %lld -shared a.o -o a.so -z pac-plt && cp a.o before.o
# RUN: %status %objprelink1 --slots=all a.o 2>&1 | FileCheck %s
# RUN: %status %objprelink2 a.so -o out 2>&1 | FileCheck %s
# RUN: cmp a.o before.o && not ls out

# SIGNED: R_AARCH64_AUTH_ABS64 {{.*}} f
# CHECK:  error: a.{{s?}}o: machine 183 is not supported
# CHECK:  status 1

  .section .data.rel.ro,"aw"
  .p2align 3
  .globl _ZTV1A
  .type _ZTV1A,%object
_ZTV1A:
  .xword 0, 0
  .xword f@AUTH(ia,42,addr)
  .size _ZTV1A, .-_ZTV1A
