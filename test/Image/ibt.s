# hazard V18
# An image with indirect branch tracking gets a landing pad before each entry and
# each tail, and keeps its property; without it there is none.

# RUN: %mc64 --defsym IBT=1 %s -o %t.64.o && %mc32 --defsym IBT=1 --defsym I386=1 %s -o %t.32.o && %mc64 %s -o %t.no.o
# RUN: ld.bfd -z ibt -shared %t.64.o %needed64 -o %t.64.so && ld.bfd -m elf_i386 -z ibt -shared %t.32.o %needed32 -o %t.32.so
# RUN: ld.bfd -shared %t.no.o %needed64 -o %t.no.so
# RUN: %objprelink2 %t.64.so -o %t.64.out && %objprelink2 %t.32.so -o %t.32.out && %objprelink2 %t.no.so -o %t.no.out
# RUN: %lld -shared %t.64.o %needed64 -o %t.lld.so && %objprelink1 %t.lld.so -o %t.relay && %objprelink2 --plt=pic %t.32.so -o %t.pic
# RUN: llvm-objdump -d -j .plt.bnd --no-show-raw-insn %t.64.out | FileCheck %s
# RUN: llvm-objdump -d -j .plt.bnd --no-show-raw-insn %t.32.out | FileCheck %s --check-prefix=I386
# RUN: llvm-objdump -d -j .plt.bnd --no-show-raw-insn %t.relay | FileCheck %s --check-prefix=RELAY
# RUN: llvm-objdump -d -j .plt.bnd --no-show-raw-insn %t.pic | FileCheck %s --check-prefix=PIC
# RUN: llvm-objdump -d -j .plt.bnd --no-show-raw-insn %t.no.out | FileCheck %s --check-prefix=NO
# RUN: llvm-readelf -n %t.64.out | FileCheck %s --check-prefix=NOTE
# RUN: llvm-readelf -n %t.32.out | FileCheck %s --check-prefix=NOTE

# CHECK:      [[#%x,ENTRY:]]: endbr64
# CHECK-NEXT: jmpq *{{.*}} # 0x
# CHECK-NEXT: endbr64
# CHECK-NEXT: pushq $0x0
# CHECK-NEXT: jmp 0x
# I386:       endbr32
# I386-NEXT:  jmpl *0x
# I386-NEXT:  endbr32
# I386-NEXT:  pushl $0x0
# RELAY:      endbr64
# RELAY-NEXT: jmpq
# PIC:        endbr32
# PIC-NEXT:   pushl %eax
# PIC:        retl
# PIC-NEXT:   endbr32
# PIC-NEXT:   pushl $0x0
# NO-NOT:     endbr
# NOTE:       x86 feature: IBT

  .globl a, b, c, d, e, g, h
a: b: c: d: e: g: h:
  .section .data.rel.ro,"aw"
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, 0, twice, twice
  .size _ZTV1A, .-_ZTV1A
.ifdef IBT
  .section .note.gnu.property,"a",@note
  .p2align 2
  .long 4, 2f-1f, 5
  .asciz "GNU"
1:.long 0xc0000002, 4, 1
.ifndef I386
  .balign 8
.endif
2:
.endif
