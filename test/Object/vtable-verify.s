# hazard V15: refused
# GCC's -fvtable-verify maps vtables in sections of its own and guards them at
# run time: an object with such a section is refused, without it rewritten.

# RUN: %mc64 %s -o %t.plain.o && %mc64 --defsym VTV=1 %s -o %t.o
# RUN: cp %t.o %t.before
# RUN: %objprelink1 -v %t.plain.o | FileCheck %s --check-prefix=PLAIN
# RUN: %status %objprelink1 %t.o 2>&1 | FileCheck %s --match-full-lines
# RUN: cmp %t.o %t.before

# PLAIN: A::f(): -> .L_ZN1A1fEv.relay
# CHECK:      objprelink1: error: {{.*}}.o: compiled with -fvtable-verify, which guards its vtables (section .vtable_map_vars)
# CHECK-NEXT: status 1

  .section .data.rel.ro,"aw"
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, _ZTI1A, _ZN1A1fEv
  .size _ZTV1A, .-_ZTV1A
  .ifdef VTV
  .section .vtable_map_vars,"aw",@progbits
  .dc.a 0
  .endif
