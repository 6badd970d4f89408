# hazard L10
# The paper's entries: absolute addresses, corrected by one RELATIVE relocation
# for each entry and two for PLT0, in text. An old entry of PIC code wants the
# GOT's address in ebx, so its word gets an entry of ours too, but no JUMP_SLOT.

# RUN: %mc32 %s -o %t.o && %lld -z origin -shared %t.o -o %t.so
# RUN: %objprelink2 %t.so -o %t.out && llvm-readelf -rdW -x .data.rel.ro -x .got.objprelink %t.out > %t.txt
# RUN: llvm-objdump -d -j .text.objprelink --no-show-raw-insn %t.out >> %t.txt
# RUN: FileCheck %s < %t.txt

# CHECK:      FLAGS) ORIGIN TEXTREL
# CHECK:      PLTGOT) 0x[[#%x,HEADER:]]
# CHECK:      '.rel.plt' {{.*}} contains 3 entries
# CHECK:      [[#%.8x,PLT:]] {{.*}}_JUMP_SLOT {{.*}} plt
# CHECK-NEXT: [[#%.8x,WORD:]] {{.*}}_JUMP_SLOT {{.*}} twice
# CHECK-NEXT: [[#%.8x,WORD+4]] {{.*}}_JUMP_SLOT {{.*}} once
# CHECK:      '.rel.dyn' {{.*}} contains 15 entries
# CHECK:      [[#%.8x,SLOT:]] {{.*}}_RELATIVE
# CHECK:      [[#%.8x,GOT:]] {{.*}}_GLOB_DAT {{.*}} got
# CHECK-NEXT: [[#%.8x,SLOT+12]] {{.*}}_RELATIVE
# CHECK-NEXT: [[#%.8x,SLOT+24]] {{.*}}_RELATIVE
# CHECK-NEXT: [[#%.8x,CODE:]] {{.*}}_RELATIVE
# CHECK-NEXT: [[#%.8x,CODE+6]] {{.*}}_RELATIVE
# CHECK-NEXT: [[#%.8x,CODE+16]] {{.*}}_RELATIVE
# CHECK-NEXT: [[#%.8x,CODE+32]] {{.*}}_RELATIVE
# CHECK-NEXT: [[#%.8x,CODE+48]] {{.*}}_RELATIVE
# CHECK-NEXT: [[#%.8x,CODE+64]] {{.*}}_RELATIVE
# CHECK:      10500000 20500000
# CHECK-NEXT: 40500000 30500000 10500000 40500000
# CHECK-NEXT: 30500000
# CHECK:      0x[[#%.8x,WORD]] 16500000 26500000
# CHECK:      5000: pushl 0x[[#%x,HEADER+4]]
# CHECK-NEXT: jmpl *0x[[#%x,HEADER+8]]
# CHECK:      5010: jmpl *0x[[#%x,WORD]]
# CHECK-NEXT: 5016: pushl $0x8
# CHECK-NEXT: jmp 0x5000
# CHECK-NEXT: 5020: jmpl *0x[[#%x,WORD+4]]
# CHECK-NEXT: 5026: pushl $0x10
# CHECK-NEXT: jmp 0x5000
# CHECK-NEXT: 5030: jmpl *0x[[#%x,PLT]]
# CHECK-NEXT: 5036: pushl $0x0
# CHECK-NEXT: jmp 0x5000
# CHECK-NEXT: 5040: jmpl *0x[[#%x,GOT]]

  .section .data.rel.ro,"aw"
  .globl _ZTV1A, use
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, _ZTI1A, twice, once, got, plt, twice, got, plt
  .size _ZTV1A, .-_ZTV1A
  .text
use:
  movl got@GOT(%ebx), %eax
  jmp plt@PLT
