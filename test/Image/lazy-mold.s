# mold's PLT entries leave the index in a register before they jump. The slots go
# to the jump itself, and its word, where it is, leads to a tail of ours until it
# is bound; no JUMP_SLOT is added.

# REQUIRES: mold
# RUN: %mc64 %s -o %t.o && ld.mold -shared %t.o %needed64 -o %t.so
# RUN: llvm-objdump -d -j .plt --no-show-raw-insn %t.so > %t.txt
# RUN: %objprelink2 %t.so -o %t.out && llvm-readelf -rSW -x .got.plt %t.out >> %t.txt
# RUN: llvm-objdump -d -j .plt.bnd --no-show-raw-insn %t.out >> %t.txt
# RUN: FileCheck %s < %t.txt

# CHECK:      movl $0x0, %r11d
# CHECK-NEXT: [[#%x,JUMP:]]: jmpq {{.*}} # 0x[[#%x,WORD:]]
# CHECK:      .plt.bnd PROGBITS [[#%.16x,CODE:]]
# CHECK:      RELATIVE [[#JUMP]]
# CHECK-NEXT: RELATIVE [[#JUMP]]
# CHECK:      GLOB_DAT {{.*}} got + 0
# CHECK:      '.rela.plt' {{.*}} contains 1 entries
# CHECK:      [[#%.16x,WORD]] {{.*}}JUMP_SLOT {{.*}} plt + 0
# CHECK-DAG:  JUMP_SLOT {{.*}} twice + 0
# CHECK-DAG:  JUMP_SLOT {{.*}} once + 0
# CHECK:      pushq $0x0
# CHECK-NEXT: jmp 0x[[#%x,PLT0:]]
# CHECK:      [[#%x,PLT0]]: pushq

  .section .data.rel.ro,"aw"
  .globl _ZTV1A, use
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, _ZTI1A, twice, once, got, plt, twice, got, plt
  .size _ZTV1A, .-_ZTV1A
  .text
use:
  movq got@GOTPCREL(%rip), %rax
  jmp plt@PLT
