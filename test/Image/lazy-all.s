# hazard L01
# --lazy=all moves the words of a BIND_NOW image's PLT out of RELRO and makes
# the old entries jump through the new ones. Their relocations in DT_JMPREL stay,
# for words that nothing jumps through, and keep their numbers.

# RUN: %mc64 %s -o %t.o && %lld -shared -z now %t.o %needed64 -o %t.so
# RUN: %objprelink2 --override-bind-now --lazy=all -v %t.so -o %t.out | FileCheck %s --check-prefix=SAID
# RUN: llvm-readelf -rW -x .got.objprelink %t.out > %t.txt
# RUN: llvm-objdump -d -j .plt --no-show-raw-insn %t.out >> %t.txt
# RUN: llvm-objdump -d -j .plt.bnd --no-show-raw-insn %t.out >> %t.txt
# RUN: FileCheck %s < %t.txt

# SAID:       plt: -> the PLT entry at
# SAID:       1 PLT words made lazy
# SAID-NEXT:  {{^}}security: {{.*}}.so: 3 words that calls go through stay writable after loading
# CHECK:      contains 10 entries
# CHECK:      RELATIVE [[#%x,TWICE:]]
# CHECK-NEXT: RELATIVE [[#%x,ONCE:]]
# CHECK-NEXT: RELATIVE [[#%x,VIAGOT:]]
# CHECK-NEXT: RELATIVE [[#%x,OLD:]]
# CHECK-NEXT: RELATIVE [[#TWICE]]
# CHECK-NEXT: RELATIVE [[#VIAGOT]]
# CHECK-NEXT: RELATIVE [[#OLD]]
# CHECK:      _ZTI1A + 0
# CHECK-NEXT: GLOB_DAT {{.*}} got + 0
# CHECK:      '.rela.plt' {{.*}} contains 1 entries
# CHECK:      [[#%.16x,FIRST:]] {{.*}}JUMP_SLOT {{.*}} plt + 0
# CHECK:      '.rela.objprelink' {{.*}} contains 3 entries
# CHECK:      [[#%.16x,FIRST+8]] {{.*}}JUMP_SLOT {{.*}} plt + 0
# CHECK-NEXT: [[#%.16x,FIRST+16]] {{.*}}JUMP_SLOT {{.*}} twice + 0
# CHECK:      0x[[#%.8x,FIRST]] 28500000 00000000 32500000 00000000
# CHECK:      [[#OLD]]: jmpq {{.*}} # 0x[[#%x,FIRST+8]]
# CHECK:      [[#TWICE]]: jmpq {{.*}} # 0x[[#%x,FIRST+16]]
# CHECK-NEXT: 500e: pushq $0x2
# CHECK:      5028: pushq $0x0
# CHECK-NEXT: jmp 0x5040
# CHECK-NEXT: 5032: pushq $0x1
# CHECK-NEXT: jmp 0x5040

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
