# hazard L01 L09
# BIND_NOW stays, and relays serve instead, unless --override-bind-now is given:
# then slots are bound at the first call, through words outside RELRO, and all
# other words are still bound when the image is loaded, inside it.

# RUN: %mc64 %s -o %t.o && %lld -shared -z now %t.o %needed64 -o %t.so
# RUN: %objprelink2 %t.so -o %t.relay | FileCheck %s --check-prefix=SAID
# RUN: %objprelink1 %t.so -o %t.1 && cmp %t.1 %t.relay && not cmp %t.1 %t.so
# RUN: llvm-readelf -lW %t.so | grep RELRO > %t.txt
# RUN: %objprelink2 --override-bind-now %t.so -o %t.out | FileCheck %s --check-prefix=SECURITY
# RUN: %objprelink2 --override-bind-now -q %t.so -o %t.out | count 0
# RUN: llvm-readelf -rldW %t.out >> %t.txt && llvm-strings %t.out >> %t.txt
# RUN: FileCheck %s < %t.txt

# SAID:       BIND_NOW: relays instead of lazy entries (--override-bind-now makes them lazy)
# SECURITY:      {{^}}security: {{.*}}.so: 2 words that calls go through stay writable after loading
# SECURITY-NEXT: {{^}}security: {{.*}}.so: the image is no longer BIND_NOW; {{.*}} and RELRO stays
# CHECK:      [[RELRO:.*RELRO .*]]
# CHECK:      [[RELRO]]
# CHECK-NOT:  NOW
# CHECK:      '.rela.dyn'
# CHECK:      X86_64_64 {{.*}} _ZTI1A + 0
# CHECK-NOT:  X86_64_64
# CHECK:      GLOB_DAT {{.*}} got + 0
# CHECK:      GLOB_DAT {{.*}} plt + 0
# CHECK:      '.rela.plt' {{.*}} contains 1 entries
# CHECK:      JUMP_SLOT {{.*}} plt + 0
# CHECK:      '.rela.objprelink' {{.*}} contains 2 entries
# CHECK:      JUMP_SLOT {{.*}} twice + 0
# CHECK-NEXT: JUMP_SLOT {{.*}} once + 0
# CHECK:      "mode":"lazy","options":["override-bind-now"],"slots":7,"functions":4

  .section .data.rel.ro,"aw"
  .globl _ZTV1A, use
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, _ZTI1A, twice, once, got, plt, twice, got, plt
  .size _ZTV1A, .-_ZTV1A
  .data
  .dc.a .data
  .text
use:
  movq got@GOTPCREL(%rip), %rax
  jmp plt@PLT
