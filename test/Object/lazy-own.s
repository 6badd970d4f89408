# hazard V24 V33
# objprelink2 makes no lazy stub for a function that the object defines itself,
# also with --slots=all: a library that is opened later may have one of the same
# name, which a look-up at the first call would find.

# RUN: %mc64 %s -o %t.o && %objprelink2 -v --slots=all --stub-unwind-tables %t.o | FileCheck %s
# RUN: llvm-objdump -dr --no-show-raw-insn %t.o | FileCheck %s --check-prefix=CODE
# RUN: %lld -shared %t.o -o %t.so && llvm-readelf -rW %t.so | FileCheck %s --check-prefix=LINKED
# RUN: %objprelink2 -v --slots=all %t.o | FileCheck %s --check-prefix=AGAIN

# CHECK:      A+0x10: own: -> .Lown.relay
# CHECK-NEXT: A+0x18: other: -> .Lother.lazy
# CHECK-NEXT: A+0x20: own: -> .Lown.relay
# CODE:       <.Lown.relay>:
# CODE-NEXT:  jmpq *(%rip)
# CODE-NEXT:  R_X86_64_NONE
# CODE-NEXT:  R_X86_64_GOTPCRELX own-0x4
# CODE:       <.Lother.lazy>:
# CODE-NEXT:  jmp 0x5
# CODE-NEXT:  R_X86_64_NONE
# CODE-NEXT:  R_X86_64_PLT32 other-0x4
# LINKED:     R_X86_64_GLOB_DAT {{.*}} own + 0
# LINKED:     R_X86_64_JUMP_SLOT {{.*}} other + 0
# AGAIN:      0 slots redirected

  .section .data.rel.ro,"aw"
  .globl _ZTV1A, own
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, _ZTI1A, own, other, own
  .size _ZTV1A, .-_ZTV1A
  .text
  .type own,@function
own:
  ret
