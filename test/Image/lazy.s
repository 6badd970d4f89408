# A function gets one entry, one word and one JUMP_SLOT, bound at the first call,
# unless the image has a PLT entry for it, which its slots share, or a GOT word,
# which is bound already. There is one jump between slot and function.

# RUN: %mc64 %s -o %t.o && %lld -shared %t.o %needed64 -o %t.so
# RUN: %objprelink2 %t.so -o %t.out && llvm-readelf -rW -x .got.objprelink %t.out > %t.txt
# RUN: llvm-objdump -d -j .plt --no-show-raw-insn %t.out >> %t.txt
# RUN: llvm-objdump -d -j .plt.bnd --no-show-raw-insn %t.out >> %t.txt
# RUN: FileCheck %s < %t.txt

# CHECK:      '.rela.dyn' {{.*}} contains 10 entries
# CHECK:      [[#%.16x,SLOT:]] {{.*}}_RELATIVE [[#%x,TWICE:]]
# CHECK-NEXT: [[#%.16x,SLOT+8]] {{.*}}_RELATIVE [[#%x,ONCE:]]
# CHECK-NEXT: [[#%.16x,SLOT+16]] {{.*}}_RELATIVE [[#%x,VIAGOT:]]
# CHECK-NEXT: [[#%.16x,SLOT+24]] {{.*}}_RELATIVE [[#%x,OLD:]]
# CHECK-NEXT: [[#%.16x,SLOT+32]] {{.*}}_RELATIVE [[#TWICE]]
# CHECK-NEXT: [[#%.16x,SLOT+40]] {{.*}}_RELATIVE [[#VIAGOT]]
# CHECK-NEXT: [[#%.16x,SLOT+48]] {{.*}}_RELATIVE [[#OLD]]
# CHECK:      _ZTI1A + 0
# CHECK-NEXT: [[#%.16x,GOT:]] {{.*}}_GLOB_DAT {{.*}} got + 0
# CHECK:      '.rela.plt' {{.*}} contains 1 entries
# CHECK:      [[#%.16x,PLT:]] {{.*}}_JUMP_SLOT {{.*}} plt + 0
# CHECK:      '.rela.objprelink' {{.*}} contains 2 entries
# CHECK:      [[#%.16x,WORD:]] {{.*}}_JUMP_SLOT {{.*}} twice + 0
# CHECK-NEXT: [[#%.16x,WORD+8]] {{.*}}_JUMP_SLOT {{.*}} once + 0
# CHECK:      0x[[#%.8x,WORD]] 0e500000 00000000 1e500000 00000000
# CHECK:      pushq {{.*}} # 0x[[#%x,PUSHED:]]
# CHECK:      [[#OLD]]: jmpq {{.*}} # 0x[[#%x,PLT]]
# CHECK:      [[#VIAGOT]]: jmpq {{.*}} # 0x[[#%x,GOT]]
# CHECK:      [[#TWICE]]: jmpq {{.*}} # 0x[[#%x,WORD]]
# CHECK-NEXT: 500e: pushq $0x1
# CHECK-NEXT: jmp 0x5030
# CHECK-NEXT: [[#ONCE]]: jmpq {{.*}} # 0x[[#%x,WORD+8]]
# CHECK-NEXT: 501e: pushq $0x2
# CHECK-NEXT: jmp 0x5030
# CHECK:      5030: pushq {{.*}} # 0x[[#PUSHED]]
# CHECK-NEXT: jmpq {{.*}} # 0x[[#PUSHED+8]]

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
