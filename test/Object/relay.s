# hazard O05
# A slot of an undefined function becomes the address of a stub: a weak hidden
# function in a section of its own, which is one jump through the GOT.

# RUN: %mc64 %s -o %t.o
# RUN: %objprelink1 -v %t.o | FileCheck %s --check-prefix=SAID \
# RUN:   --match-full-lines -DFILE=%t.o
# RUN: llvm-readelf -rsSgW %t.o | FileCheck %s
# RUN: llvm-objdump -dr --no-show-raw-insn %t.o \
# RUN:   | FileCheck %s --check-prefix=CODE

# SAID:      [[FILE]]: vtable for A+0x8: typeinfo for A: left alone: data, not a function
# SAID-NEXT: [[FILE]]: vtable for A+0x10: A::f(): -> .L_ZN1A1fEv.relay
# SAID-NEXT: [[FILE]]: 1 vtables: 1 slots redirected to 1 stubs, 1 words left alone
# SAID-NOT:  {{.}}

# CHECK: [ [[#%u,TEXT:]]] .objprelink.text PROGBITS 0000000000000000 {{[0-9a-f]+}} 000006 00 AXG 0 0 8
# CHECK: .rela.objprelink.text RELA {{.*}} 000030 18 IG [[#]] [[#TEXT]] 8

# CHECK:      Relocation section '.rela.data.rel.ro' {{.*}} contains 2 entries:
# CHECK:      0000000000000008 {{.*}} R_X86_64_64 {{.*}} _ZTI1A + 0
# CHECK-NEXT: 0000000000000010 {{.*}} R_X86_64_64 {{.*}} .L_ZN1A1fEv.relay + 0

# CHECK:      0000000000000000 0 NOTYPE GLOBAL DEFAULT UND _ZN1A1fEv{{$}}
# CHECK-NEXT: 0000000000000000 6 FUNC WEAK HIDDEN [[#TEXT]] .L_ZN1A1fEv.relay{{$}}
# CHECK-NEXT: 0000000000000000 0 NOTYPE WEAK HIDDEN [[#TEXT-2]] __x86_indirect_thunk_rsp{{$}}
# CHECK-NOT:  {{(LOCAL|GLOBAL|WEAK)}}

# CHECK:      group section [ [[#TEXT-1]]] `.group' [.L_ZN1A1fEv.relay] contains 2 sections:

# CODE:      <.L_ZN1A1fEv.relay>:
# CODE-NEXT: 0: jmpq *(%rip)
# CODE-NEXT: R_X86_64_NONE __x86_indirect_thunk_rsp
# CODE-NEXT: R_X86_64_GOTPCRELX _ZN1A1fEv-0x4
# CODE-NOT:  {{.}}

  .section .data.rel.ro,"aw"
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, _ZTI1A, _ZN1A1fEv
  .size _ZTV1A, .-_ZTV1A
