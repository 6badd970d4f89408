# hazard L10 V20
# i386: both tools make the same relay, for a virtual caller sets no %ebx. The
# stub finds the GOT by itself, keeps every register and needs no text
# relocation; one undefined _GLOBAL_OFFSET_TABLE_ serves all stubs.

# RUN: %mc32 %s -o %t.o && cp %t.o %t2.o
# RUN: %objprelink1 -v %t.o | FileCheck %s --check-prefix=SAID \
# RUN:   --match-full-lines -DFILE=%t.o
# RUN: %objprelink2 %t2.o && cmp %t.o %t2.o
# RUN: llvm-readelf -rsSgW %t.o | FileCheck %s
# RUN: llvm-objdump -dr --no-show-raw-insn %t.o \
# RUN:   | FileCheck %s --check-prefix=CODE

# SAID:      [[FILE]]: vtable for A+0x4: typeinfo for A: left alone: data, not a function
# SAID-NEXT: [[FILE]]: vtable for A+0x8: A::f(): -> .L_ZN1A1fEv.relay
# SAID-NEXT: [[FILE]]: vtable for A+0xc: A::g(): -> .L_ZN1A1gEv.relay
# SAID-NEXT: [[FILE]]: 1 vtables: 2 slots redirected to 2 stubs, 1 words left alone

# CHECK: [ [[#%u,F:]]] .objprelink.text PROGBITS 00000000 {{[0-9a-f]+}} 00001a 00 AXG 0 0 16
# CHECK: .rel.objprelink.text REL {{.*}} 000018 08 IG [[#]] [[#F]] 4
# CHECK:      00000008 {{.*}} R_386_32 {{.*}} .L_ZN1A1fEv.relay{{$}}
# CHECK-NEXT: 0000000c {{.*}} R_386_32 {{.*}} .L_ZN1A1gEv.relay{{$}}
# CHECK:      00000000 26 FUNC WEAK HIDDEN [[#F]] .L_ZN1A1fEv.relay{{$}}
# CHECK-NEXT: 00000000 26 FUNC WEAK HIDDEN [[#F + 3]] .L_ZN1A1gEv.relay{{$}}
# CHECK-NEXT: 00000000 0 NOTYPE GLOBAL DEFAULT UND _GLOBAL_OFFSET_TABLE_{{$}}
# CHECK-NEXT: 00000000 0 NOTYPE WEAK HIDDEN [[#F-2]] __x86_indirect_thunk_esp{{$}}
# CHECK-NOT:  _GLOBAL_OFFSET_TABLE_

# CODE:      <.L_ZN1A1fEv.relay>:
# CODE-NEXT: 0: pushl %eax
# CODE-NEXT:    R_386_NONE __x86_indirect_thunk_esp
# CODE-NEXT: 1: pushl %eax
# CODE-NEXT: 2: calll 0x8
# CODE-NEXT: 7: int3
# CODE-NEXT: 8: popl %eax
# CODE-NEXT: 9: addl $0x3, %eax
# CODE-NEXT:    R_386_GOTPC _GLOBAL_OFFSET_TABLE_
# CODE-NEXT: e: movl (%eax), %eax
# CODE-NEXT:    R_386_GOT32X _ZN1A1fEv
# CODE-NEXT: 14: movl %eax, 0x4(%esp)
# CODE-NEXT: 18: popl %eax
# CODE-NEXT: 19: retl

  .section .data.rel.ro,"aw"
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, _ZTI1A, _ZN1A1fEv, _ZN1A1gEv
  .size _ZTV1A, .-_ZTV1A
