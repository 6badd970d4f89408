# hazard V18 V20
# The i386 stub that keeps every register returns to the function, which a
# shadow stack forbids: an object with that property, or --i386-scratch=eax,
# gets one that jumps through %eax, under another name since the two must not
# stand for each other; --i386-scratch=none keeps to the first.

# RUN: %mc32 %s -o %t.plain.o && %mc32 --defsym BITS=2 %s -o %t.shstk.o
# RUN: %mc32 --defsym BITS=3 %s -o %t.both.o
# RUN: %objprelink1 -v %t.plain.o -o - 2>&1 >%t.1 | FileCheck %s --check-prefix=KEEP
# RUN: %objprelink1 --i386-scratch=eax %t.plain.o -o %t.2
# RUN: %objprelink1 --i386-scratch=auto -v %t.shstk.o -o %t.3 | FileCheck %s --check-prefix=EAX
# RUN: %objprelink2 --i386-scratch=none -v %t.shstk.o -o %t.4 | FileCheck %s --check-prefix=KEEP
# RUN: %objprelink2 %t.both.o -o %t.5
# RUN: llvm-objdump -dr --no-show-raw-insn %t.2 | FileCheck %s
# RUN: llvm-objdump -dr --no-show-raw-insn %t.3 | FileCheck %s
# RUN: llvm-objdump -dr --no-show-raw-insn %t.4 | FileCheck %s --check-prefix=RET
# RUN: llvm-objdump -dr --no-show-raw-insn %t.5 | FileCheck %s --check-prefix=BOTH

# KEEP: A::f(): -> .L_ZN1A1fEv.relay{{$}}
# EAX:  A::f(): -> .L_ZN1A1fEv.relay_eax{{$}}
# RET:  <.L_ZN1A1fEv.relay>:
# RET:  retl

# CHECK:      <.L_ZN1A1fEv.relay_eax>:
# CHECK-NEXT: 0: calll 0x5
# CHECK-NEXT: R_386_NONE __x86_indirect_thunk_esp
# CHECK-NEXT: 5: popl %eax
# CHECK-NEXT: 6: addl $0x2, %eax
# CHECK-NEXT: 00000007: R_386_GOTPC _GLOBAL_OFFSET_TABLE_
# CHECK-NEXT: b: jmpl *(%eax)
# CHECK-NEXT: 0000000d: R_386_GOT32X _ZN1A1fEv
# BOTH:       <.L_ZN1A1fEv.relay_eax>:
# BOTH-NEXT:  0: endbr32
# BOTH-NEXT:  R_386_NONE __x86_indirect_thunk_esp
# BOTH-NEXT:  4: calll 0x9

  .section .data.rel.ro,"aw"
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, _ZTI1A, _ZN1A1fEv
  .size _ZTV1A, .-_ZTV1A
  .ifdef BITS
  .section .note.gnu.property,"a",@note
  .long 4, 12, 5
  .asciz "GNU"
  .long 0xc0000002, 4, BITS
  .endif
