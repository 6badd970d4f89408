# --only-slots takes the slots of some lines of -v only: what breaks a program can
# be searched for.

# RUN: %mc64 %s -o %t.o
# RUN: %objprelink1 -v --only-slots=2-3,6 %t.o -o %t.out | FileCheck %s
# RUN: llvm-readelf -rW %t.out | FileCheck %s --check-prefix=REL
# CHECK:      vtable for A+0x8: typeinfo for A: left alone: data{{.*}}
# CHECK-NEXT: vtable for A+0x10: f: -> .Lf.relay
# CHECK-NEXT: vtable for A+0x18: g: -> .Lg.relay
# CHECK-NEXT: vtable for A+0x20: f: left alone: not among the --only-slots
# CHECK-NEXT: vtable for B+0x8: typeinfo for A: left alone: data{{.*}}
# CHECK-NEXT: vtable for B+0x10: h: -> .Lh.relay
# CHECK-NEXT: vtable for B+0x18: k: left alone: not among the --only-slots
# REL:        .Lf.relay
# REL-NEXT:   .Lg.relay
# REL-NEXT:   R_X86_64_64 {{.*}} f{{ }}

# RUN: %objprelink1 --only-slots=8 %t.o -o %t.none && cmp %t.o %t.none

# RUN: not %objprelink1 --only-slots= %t.o 2>&1 | FileCheck %s --check-prefix=BAD
# RUN: not %objprelink1 --only-slots=1, %t.o 2>&1 | FileCheck %s --check-prefix=BAD
# RUN: not %objprelink1 --only-slots=1- %t.o 2>&1 | FileCheck %s --check-prefix=BAD
# RUN: not %objprelink1 --only-slots=x %t.o 2>&1 | FileCheck %s --check-prefix=BAD
# BAD: error: neither a slot number nor a range of them: "
# RUN: not %objprelink1 --only-slots=0-2 %t.o 2>&1 | FileCheck %s --check-prefix=NONE
# RUN: not %objprelink1 --only-slots=3-2 %t.o 2>&1 | FileCheck %s --check-prefix=NONE
# NONE: error: there are no slots with the numbers {{[03]}}-2

  .section .data.rel.ro,"aw"
  .globl _ZTV1A, _ZTV1B
  .type _ZTV1A,@object
  .type _ZTV1B,@object
_ZTV1A:
  .quad 0, _ZTI1A, f, g, f
  .size _ZTV1A, .-_ZTV1A
_ZTV1B:
  .quad 0, _ZTI1A, h, k
  .size _ZTV1B, .-_ZTV1B
