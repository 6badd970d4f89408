# hazard V22
# --only-slots in an image: with a slot the others of its function are taken,
# which are equal, and nothing is made for functions that have none.

# RUN: %mc64 %s -o %t.o && %lld -shared -z now %t.o %needed64 -o %t.so
# RUN: %objprelink1 -v --only-slots=4 %t.so -o %t.one | FileCheck %s --check-prefix=RELAY
# RUN: %objprelink1 --verify %t.so %t.one
# RELAY:      A+0x8: {{.*}}: left alone: data{{.*}}
# RELAY-NEXT: A+0x10: f: -> a relay through the word at
# RELAY-NEXT: A+0x18: g: left alone: not among the --only-slots
# RELAY-NEXT: A+0x20: f: -> a relay through the word at
# RELAY-NEXT: A+0x28: h: left alone: not among the --only-slots
# RELAY-NEXT: A+0x30: f: -> a relay through the word at
# RUN: %objprelink1 -v --only-slots=2 %t.so -o %t.first > /dev/null && cmp %t.one %t.first
# RUN: %objprelink1 -v --only-slots=3 %t.so -o %t.only | FileCheck %s --check-prefix=ONLY
# ONLY: A+0x18: g: left alone: no word that a relay could jump through

# RUN: %lld -shared %t.o %needed64 -o %t.lazy.so
# RUN: %objprelink2 --only-slots=3 %t.lazy.so -o %t.lazy
# RUN: %objprelink2 --verify %t.lazy.so %t.lazy
# RUN: llvm-readelf -rW %t.lazy | FileCheck %s --check-prefix=LAZY
# LAZY:     R_X86_64_64 {{.*}} f +
# LAZY:     R_X86_64_64 {{.*}} f +
# LAZY:     R_X86_64_64 {{.*}} f +
# LAZY:     R_X86_64_JUMP_SLOT {{.*}} g +
# LAZY-NOT: R_X86_64_JUMP_SLOT {{.*}} {{[fh]}} +

  .section .data.rel.ro,"aw"
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .quad 0, _ZTI1A, f, g, f, h, f
  .size _ZTV1A, .-_ZTV1A
  .data
  .dc.a .data
  .text
  jmp plt@PLT
