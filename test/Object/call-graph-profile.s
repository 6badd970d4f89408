# hazard O04
# A call graph profile names symbols by index, through relocations of its own;
# since no index moves, it says the same after a rewrite, and lld uses it.

# RUN: %mc64 %s -o %t.o && %objprelink1 %t.o -o %t.new
# RUN: %changed %t.o %t.new | FileCheck %s --check-prefix=SAME
# RUN: llvm-readobj --cg-profile %t.new | FileCheck %s
# RUN: %lld -shared %t.new -o %t.so && llvm-nm -n %t.so \
# RUN:   | FileCheck %s --check-prefix=ORDER

# SAME-NOT: call-graph
# SAME:     .rela.data.rel.ro contents
# SAME-NOT: call-graph

# CHECK:      From: hot ([[#]])
# CHECK-NEXT: To: callee ([[#]])
# CHECK-NEXT: Weight: 90

# ORDER:      hot
# ORDER-NEXT: callee
# ORDER-NEXT: cold

  .macro function name
  .section .text.\name,"ax"
  .globl \name
\name: ret
  .endm
  function callee
  function cold
  function hot
  .cg_profile hot, callee, 90

  .section .data.rel.ro,"aw"
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, _ZTI1A, _ZN1A1fEv
  .size _ZTV1A, .-_ZTV1A
