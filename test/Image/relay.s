# hazard L01 V22 V30
# A relay jumps through a word that is bound when the image is loaded and then
# read-only: a GOT word that the image has, or a new one in the padding of RELRO.
# Where a BIND_NOW image has a PLT entry, that is the relay. All slots of a
# function lead to it; one slot alone stays.

# RUN: %mc64 %s -o %t.o && %lld -shared -z now %t.o %needed64 -o %t.so
# RUN: %objprelink1 %t.so -o %t.out && llvm-readelf -rdW %t.out > %t.txt
# RUN: llvm-objdump -d -j .plt.bnd --no-show-raw-insn %t.out >> %t.txt
# RUN: llvm-objdump -d -j .plt --no-show-raw-insn %t.out >> %t.txt
# RUN: FileCheck %s < %t.txt

# CHECK:      (FLAGS) BIND_NOW
# CHECK:      '.rela.plt' {{.*}} contains 1 entries
# CHECK:      [[#%.16x,PLT:]] {{.*}}_JUMP_SLOT {{.*}} plt + 0
# CHECK:      '.rela.dyn' {{.*}} contains 10 entries
# CHECK:      _ZTI1A + 0
# CHECK-NEXT: [[#%.16x,SLOT:]] {{.*}}_RELATIVE [[#%x,TWICE:]]
# CHECK-NEXT: [[#%.16x,SLOT+32]] {{.*}}_RELATIVE [[#TWICE]]
# CHECK-NEXT: [[#%.16x,SLOT+8]] {{.*}} R_X86_64_64 {{.*}} once + 0
# CHECK-NEXT: [[#%.16x,SLOT+16]] {{.*}}_RELATIVE [[#%x,VIAGOT:]]
# CHECK-NEXT: [[#%.16x,SLOT+40]] {{.*}}_RELATIVE [[#VIAGOT]]
# CHECK-NEXT: [[#%.16x,GOT:]] {{.*}}_GLOB_DAT {{.*}} got + 0
# CHECK-NEXT: [[#%.16x,SLOT+24]] {{.*}}_RELATIVE [[#%x,VIAPLT:]]
# CHECK-NEXT: [[#%.16x,SLOT+48]] {{.*}}_RELATIVE [[#VIAPLT]]
# CHECK-NEXT: [[#%.16x,NEW:]] {{.*}}_GLOB_DAT {{.*}} twice + 0
# CHECK:      [[#VIAGOT]]: jmpq {{.*}} # 0x[[#%x,GOT]]
# CHECK:      [[#TWICE]]: jmpq {{.*}} # 0x[[#%x,NEW]]
# CHECK-NOT:  jmp
# CHECK:      section .plt:
# CHECK:      [[#VIAPLT]]: jmpq {{.*}} # 0x[[#%x,PLT]]

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
