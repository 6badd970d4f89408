# hazard O15 O16 O21
# A stub needs its name. Where something else has it, or a stub that leads to
# another function because a tool has renamed symbols, the object is refused and
# stays as it was. A local symbol of that name, a stub that a tool has made
# local, is no hindrance.

# RUN: %mc64 --defsym TAKEN=0 %s -o %t.good.o && %mc64 --defsym TAKEN=1 %s -o %t.o
# RUN: %mc64 --defsym TAKEN=2 %s -o %t.other.o
# RUN: %mc64 --defsym TAKEN=3 %s -o %t.local.o
# RUN: %mc64 --defsym TAKEN=4 %s -o %t.stub.o
# RUN: llvm-objcopy --redefine-sym f.relay=.Lf.relay %t.o && llvm-objcopy --redefine-sym f.relay=.Lf.relay %t.other.o
# RUN: llvm-objcopy --redefine-sym f.relay=.Lf.relay %t.local.o && llvm-objcopy --redefine-sym f.relay=.Lf.relay %t.stub.o
# RUN: cp %t.o %t.before
# RUN: %objprelink1 -v %t.good.o | FileCheck %s --check-prefix=GOOD
# RUN: %objprelink1 -v %t.local.o | FileCheck %s --check-prefix=GOOD
# RUN: llvm-readelf -sW %t.local.o | FileCheck %s --check-prefix=LOCAL
# RUN: %objprelink1 -v %t.stub.o | FileCheck %s --check-prefix=GOOD
# RUN: llvm-readelf -sW %t.stub.o | FileCheck %s --check-prefix=STUB
# RUN: %status %objprelink1 %t.o %t.other.o 2>&1 | FileCheck %s && cmp %t.o %t.before
# RUN: %objprelink2 -v %t.o | FileCheck %s --check-prefix=LAZY

# GOOD: f: -> .Lf.relay
# LAZY: f: -> .Lf.lazy
# CHECK:      objprelink1: error: {{.*}}.o: symbol {{[0-9]+}} (.Lf.relay) has the name of a stub but is none
# CHECK-NEXT: objprelink1: error: {{.*}}.other.o: symbol {{[0-9]+}} (.Lf.relay) has the name of a stub but does not lead to f
# CHECK-NEXT: status 1

# LOCAL: NOTYPE LOCAL DEFAULT [[#]] .Lf.relay
# LOCAL: FUNC WEAK HIDDEN [[#]] .Lf.relay
# STUB:  FUNC WEAK HIDDEN [[#]] .Lf.relay
# STUB-NOT: .Lf.relay

  .if TAKEN == 2 || TAKEN == 4
  .weak f.relay
  .hidden f.relay
  .type f.relay,@function
  .elseif TAKEN == 1
  .globl f.relay
  .endif
  .if TAKEN == 4
f.relay: jmp *f@GOTPCREL(%rip)
  .elseif TAKEN
f.relay: jmp *g@GOTPCREL(%rip)
  .endif
  .if TAKEN
  .size f.relay, .-f.relay
  .endif

  .data
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, 0, f
  .size _ZTV1A, .-_ZTV1A
