# hazard L10
# The paper's entries: absolute addresses, corrected by one RELATIVE relocation
# for each entry and two for PLT0, in text. An old entry of PIC code wants the
# GOT's address in ebx, so its word gets an entry of ours too, but no JUMP_SLOT.

# RUN: %mc32 %s -o %t.o && %lld -z origin -shared %t.o %needed32 -o %t.so
# RUN: %objprelink2 %t.so -o %t.out && llvm-readelf -rdW -x .data.rel.ro -x .got.objprelink %t.out > %t.txt
# RUN: llvm-objdump -d -j .plt.bnd --no-show-raw-insn %t.out >> %t.txt
# RUN: FileCheck %s < %t.txt

# CHECK:      FLAGS) ORIGIN TEXTREL
# CHECK:      PLTGOT) 0x[[#%x,HEADER:]]
# CHECK:      '.rel.plt' {{.*}} contains 1 entries
# CHECK:      [[#%.8x,PLT:]] {{.*}}_JUMP_SLOT {{.*}} plt
# CHECK:      '.rel.objprelink' {{.*}} contains 2 entries
# CHECK:      [[#%.8x,WORD:]] {{.*}}_JUMP_SLOT {{.*}} twice
# CHECK-NEXT: [[#%.8x,WORD+4]] {{.*}}_JUMP_SLOT {{.*}} once
# CHECK:      '.rel.dyn' {{.*}} contains 16 entries
# CHECK:      00005002 {{.*}}_RELATIVE
# CHECK-NEXT: 0000500a {{.*}}_RELATIVE
# CHECK-NEXT: 0000501a {{.*}}_RELATIVE
# CHECK-NEXT: 0000502a {{.*}}_RELATIVE
# CHECK-NEXT: 00005042 {{.*}}_RELATIVE
# CHECK-NEXT: 00005048 {{.*}}_RELATIVE
# CHECK:      [[#%.8x,GOT:]] {{.*}}_GLOB_DAT {{.*}} got
# CHECK:      08500000 18500000
# CHECK-NEXT: 00500000 28500000 08500000 00500000
# CHECK-NEXT: 28500000
# CHECK:      0x[[#%.8x,WORD]] 0e500000 1e500000
# CHECK:      5000: jmpl *0x[[#%x,GOT]]
# CHECK:      5008: jmpl *0x[[#%x,WORD]]
# CHECK-NEXT: 500e: pushl $0x8
# CHECK-NEXT: jmp 0x5040
# CHECK-NEXT: 5018: jmpl *0x[[#%x,WORD+4]]
# CHECK-NEXT: 501e: pushl $0x10
# CHECK-NEXT: jmp 0x5040
# CHECK-NEXT: 5028: jmpl *0x[[#%x,PLT]]
# CHECK-NEXT: 502e: pushl $0x0
# CHECK-NEXT: jmp 0x5040
# CHECK:      5040: pushl 0x[[#%x,HEADER+4]]
# CHECK-NEXT: jmpl *0x[[#%x,HEADER+8]]

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
  movl got@GOT(%ebx), %eax
  jmp plt@PLT
