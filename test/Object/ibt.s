# hazard V18
# A stub begins with a landing pad exactly when the object promises indirect
# branch tracking, and the promise stays as it is: an object without it would
# take it away from the whole output.

# RUN: %mc64 --defsym BITS=3 %s -o %t.64.o && cp %t.64.o %t.lazy.o
# RUN: %mc64 --defsym BITS=2 %s -o %t.shstk.o && cp %t.64.o %t.before.o
# RUN: %mc32 --defsym BITS=1 %s -o %t.32.o
# RUN: %objprelink1 %t.64.o && %objprelink2 %t.lazy.o
# RUN: %objprelink1 %t.shstk.o && %objprelink1 %t.32.o
# RUN: llvm-objdump -dr --no-show-raw-insn %t.64.o | FileCheck %s --check-prefix=RELAY
# RUN: llvm-objdump -dr --no-show-raw-insn %t.lazy.o | FileCheck %s --check-prefix=LAZY
# RUN: llvm-objdump -dr --no-show-raw-insn %t.shstk.o | FileCheck %s --check-prefix=NOPAD
# RUN: llvm-objdump -dr --no-show-raw-insn %t.32.o | FileCheck %s --check-prefix=I386
# RUN: llvm-objcopy --dump-section .note.gnu.property=%t.old %t.before.o
# RUN: llvm-objcopy --dump-section .note.gnu.property=%t.new %t.64.o
# RUN: cmp %t.old %t.new

# RELAY:      <.L_ZN1A1fEv.relay>:
# RELAY-NEXT: 0: endbr64
# RELAY-NEXT: R_X86_64_NONE __x86_indirect_thunk_rsp
# RELAY-NEXT: 4: jmpq *(%rip)
# RELAY-NEXT: 0000000000000006: R_X86_64_GOTPCRELX _ZN1A1fEv-0x4
# LAZY:       <.L_ZN1A1fEv.lazy>:
# LAZY-NEXT:  0: endbr64
# LAZY-NEXT:  R_X86_64_NONE __x86_indirect_thunk_rsp
# LAZY-NEXT:  4: jmp
# LAZY-NEXT:  0000000000000005: R_X86_64_PLT32 _ZN1A1fEv-0x4
# NOPAD:      <.L_ZN1A1fEv.relay>:
# NOPAD-NEXT: 0: jmpq *(%rip)
# I386:       <.L_ZN1A1fEv.relay>:
# I386-NEXT:  0: endbr32
# I386-NEXT:  R_386_NONE __x86_indirect_thunk_esp
# I386-NEXT:  4: pushl %eax
# I386:       d: addl $0x3, %eax
# I386-NEXT:  0000000e: R_386_GOTPC _GLOBAL_OFFSET_TABLE_
# I386-NEXT:  12: movl (%eax), %eax
# I386-NEXT:  00000014: R_386_GOT32X _ZN1A1fEv

  .section .data.rel.ro,"aw"
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, _ZTI1A, _ZN1A1fEv
  .size _ZTV1A, .-_ZTV1A
  .section .note.gnu.property,"a",@note
  .p2align 2
  .long 4, 2f-1f, 5
  .asciz "GNU"
1:.long 0xc0000002, 4, BITS
  .balign 8
2:
