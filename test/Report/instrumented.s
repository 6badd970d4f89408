# hazard V23
# What a rewrite would leave alone, the report does not promise: neither slots
# nor look-ups, and it says why.

# RUN: %mc64 %s -o %t.o && %lld -shared %t.o %needed64 -o %t.so
# RUN: %mc64 --defsym COUNTED=1 %s -o %t.prof.o
# RUN: %lld -shared %t.prof.o %needed64 -o %t.prof.so
# RUN: %objprelink-report %t.o | FileCheck %s --check-prefix=OBJECT
# RUN: %objprelink-report %t.so | FileCheck %s --check-prefix=IMAGE
# RUN: %objprelink-report %t.prof.o | FileCheck %s --check-prefix=LEFT
# RUN: %objprelink-report %t.prof.so | FileCheck %s --check-prefixes=LEFT,STAYS

# OBJECT: objprelink2 2
# IMAGE:  objprelink1 {{[12]}} 1
# IMAGE:  {{^ *}}lazy vtables 0
# LEFT:   objprelink1 0 {{.*}} nothing to do: made to write a profile {{.*}} (section __llvm_prf_cnts)
# STAYS:  {{^ *}}lazy vtables 1

  call h@PLT
  .section .data.rel.ro,"aw"
  .p2align 3
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .quad 0, 0, f, f
  .size _ZTV1A, .-_ZTV1A
  .ifdef COUNTED
  .section __llvm_prf_cnts,"aw"
  .quad 0
  .endif
