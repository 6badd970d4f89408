# hazard L10
# Without text relocations an entry finds its word, and PLT0 the GOT, from its
# own address, and all registers stay. So it is with --plt=pic, and where the
# dynamic table has no room for DT_TEXTREL, which is said.

# RUN: %mc32 %s -o %t.o && %lld -shared %t.o %needed32 -o %t.so && %lld -shared -z origin %t.o %needed32 -o %t.room.so
# RUN: %objprelink2 %t.so -o %t.out | FileCheck %s --check-prefix=SAID
# RUN: %objprelink2 -q --plt=pic %t.so -o %t.asked | count 0
# RUN: cmp %t.out %t.asked
# RUN: %objprelink2 --plt=pic %t.room.so -o %t.room && llvm-readelf -d %t.room | FileCheck %s --check-prefix=ROOM
# RUN: llvm-readelf -rdW -x .got.objprelink %t.out > %t.txt
# RUN: llvm-objdump -d -j .plt.bnd --no-show-raw-insn %t.out >> %t.txt
# RUN: FileCheck %s < %t.txt
# RUN: %objprelink2 --plt=pic --i386-scratch=eax %t.so -o %t.eax
# RUN: llvm-objdump -d -j .plt.bnd --no-show-raw-insn %t.eax | FileCheck %s --check-prefix=EAX

# SAID:       {{.*}}.so: no room for DT_TEXTREL: entries as with --plt=pic
# ROOM-NOT:   TEXTREL
# CHECK-NOT:  TEXTREL
# CHECK:      PLTGOT) 0x[[#%x,HEADER:]]
# CHECK:      '.rel.plt' {{.*}} contains 1 entries
# CHECK:      '.rel.objprelink' {{.*}} contains 2 entries
# CHECK:      [[#%.8x,WORD:]] {{.*}}_JUMP_SLOT {{.*}} twice
# CHECK:      0x[[#%.8x,WORD]] 2d500000 4d500000
# CHECK:      501f: int3
# CHECK-NEXT: popl %eax
# CHECK-NEXT: movl 0x[[#%x,WORD-0x501f]](%eax), %eax
# CHECK:      502d: pushl $0x8
# CHECK-NEXT: jmp 0x5080
# CHECK:      5080: pushl %eax
# CHECK-NEXT: pushl %eax
# CHECK-NEXT: pushl %eax
# CHECK-NEXT: calll 0x5089
# CHECK-NEXT: [[#%x,BASE:]]: int3
# CHECK-NEXT: popl %eax
# CHECK-NEXT: pushl -0x[[#%x,BASE-HEADER-4]](%eax)
# CHECK-NEXT: popl 0x8(%esp)
# CHECK-NEXT: pushl -0x[[#%x,BASE-HEADER-8]](%eax)
# CHECK-NEXT: popl 0x4(%esp)
# CHECK-NEXT: popl %eax
# CHECK-NEXT: retl
# EAX:        5015: popl %eax
# EAX-NEXT:   jmpl *0x[[#%x,0x6000-0x5015]](%eax)
# EAX-NEXT:   pushl $0x8

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
