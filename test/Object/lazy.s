# hazard O05
# objprelink2 on x86-64: the stub jumps to the function's PLT entry, which the
# loader binds at the first call. Everything else is as with relays.

# RUN: %mc64 %s -o %t.o
# RUN: %objprelink2 -v %t.o | FileCheck %s --check-prefix=SAID \
# RUN:   --match-full-lines -DFILE=%t.o
# RUN: llvm-readelf -rsSgW %t.o | FileCheck %s
# RUN: llvm-objdump -dr --no-show-raw-insn %t.o \
# RUN:   | FileCheck %s --check-prefix=CODE

# SAID:      [[FILE]]: vtable for A+0x8: typeinfo for A: left alone: data, not a function
# SAID-NEXT: [[FILE]]: vtable for A+0x10: A::f(): -> .L_ZN1A1fEv.lazy
# SAID-NEXT: [[FILE]]: 1 vtables: 1 slots redirected to 1 stubs, 1 words left alone
# SAID-NOT:  {{.}}

# CHECK: [ [[#%u,TEXT:]]] .objprelink.text PROGBITS 0000000000000000 {{[0-9a-f]+}} 000005 00 AXG 0 0 8
# CHECK: 0000000000000010 {{.*}} R_X86_64_64 {{.*}} .L_ZN1A1fEv.lazy + 0
# CHECK: 0000000000000000 5 FUNC WEAK HIDDEN [[#TEXT]] .L_ZN1A1fEv.lazy{{$}}
# CHECK: 0000000000000000 0 NOTYPE WEAK HIDDEN [[#TEXT-2]] __x86_indirect_thunk_rsp{{$}}
# CHECK: group section [ [[#]]] `.group' [.L_ZN1A1fEv.lazy] contains 2 sections:

# CODE:      <.L_ZN1A1fEv.lazy>:
# CODE-NEXT: 0: jmp 0x5
# CODE-NEXT: R_X86_64_NONE __x86_indirect_thunk_rsp
# CODE-NEXT: R_X86_64_PLT32 _ZN1A1fEv-0x4
# CODE-NOT:  {{.}}

  .section .data.rel.ro,"aw"
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, _ZTI1A, _ZN1A1fEv
  .size _ZTV1A, .-_ZTV1A
