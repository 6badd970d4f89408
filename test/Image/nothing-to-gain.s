## hazard L07 V08 L01
## Where a rewrite would save no look-up the image stays as it is, -o makes a
## copy, and the reason is said. What is BIND_NOW gets relays and no lazy entries.

# RUN: rm -rf %t && mkdir %t && cd %t && %mc64 %s -o a.o
# RUN: %lld -shared a.o %needed64 -o plain.so && %lld -shared -z now a.o %needed64 -o now.so
# RUN: %lld -shared -Bsymbolic --defsym f=0x10 --defsym g=0x10 a.o %needed64 -o symbolic.so
# RUN: echo '.globl x; x: ret' | %mc64 - -o b.o && %lld -shared b.o -o no-vtables.so
# RUN: %lld -static -pie --defsym f=x --defsym g=x --defsym _ZTI1A=x a.o b.o -o static

# RUN: %objprelink1 symbolic.so -o out | FileCheck %s --check-prefix=BOUND && cmp symbolic.so out
# BOUND: symbolic.so: left alone: none of the 1 vtables has a symbolic slot
# RUN: %objprelink2 no-vtables.so -o out | FileCheck %s --check-prefix=NONE && cmp no-vtables.so out
# NONE: no-vtables.so: left alone: no vtables
# RUN: %objprelink2 static -o out | FileCheck %s --check-prefix=STATIC && cmp static out
# STATIC: static: left alone: none of the 1 vtables has a symbolic slot
# RUN: %objprelink2 -q no-vtables.so -o out | count 0

# RUN: %objprelink2 now.so -o out | FileCheck %s --check-prefix=NOW
# NOW: now.so: BIND_NOW: relays instead of lazy entries (--override-bind-now makes them lazy)
# RUN: %objprelink1 now.so -o relay && llvm-readelf -rdW relay > 1 && llvm-readelf -rdW out > 2 && diff 1 2
# RUN: FileCheck %s --check-prefix=RELAY < 1
# RELAY-DAG: (FLAGS) BIND_NOW
# RELAY-DAG: R_X86_64_GLOB_DAT {{.*}} f + 0
# RELAY-NOT: JUMP_SLOT

  .globl _ZTV1A
  .section .data.rel.ro,"aw"
  .p2align 3
  .type _ZTV1A,@object
_ZTV1A:
  .quad 0, 0, f, g, f, g
  .size _ZTV1A, .-_ZTV1A
