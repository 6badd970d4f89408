# hazard O15 O16
# A stub needs its name. Where something else has it, or a stub that a partial
# link (--force-group-allocation) took out of its group, the object is refused
# and stays as it was.

# RUN: %mc64 --defsym TAKEN=0 %s -o %t.good.o && %mc64 --defsym TAKEN=1 %s -o %t.o
# RUN: %mc64 --defsym TAKEN=2 %s -o %t.loose.o && cp %t.o %t.before
# RUN: %objprelink1 -v %t.good.o | FileCheck %s --check-prefix=GOOD
# RUN: %status %objprelink1 %t.o %t.loose.o 2>&1 | FileCheck %s && cmp %t.o %t.before
# RUN: %objprelink2 -v %t.o | FileCheck %s --check-prefix=LAZY

# GOOD: f: -> f.relay
# LAZY: f: -> f.lazy
# CHECK:      objprelink1: error: {{.*}}.o: symbol {{[0-9]+}} (f.relay) has the name of a stub but is none
# CHECK-NEXT: objprelink1: error: {{.*}}.loose.o: symbol {{[0-9]+}} (f.relay) has the name of a stub but is none
# CHECK-NEXT: status 1

  .if TAKEN == 2
  .weak f.relay
  .hidden f.relay
  .type f.relay,@function
  .elseif TAKEN == 1
  .globl f.relay
  .endif
  .if TAKEN
f.relay: ret
  .endif

  .data
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, 0, f
  .size _ZTV1A, .-_ZTV1A
