# hazard L01 V20
# i386 has no jump relative to the code: a relay finds its own address with a
# call and changes no register, or eax with --i386-scratch=eax.

# RUN: %mc32 %s -o %t.o && %lld -shared -z now %t.o %needed32 -o %t.so
# RUN: %objprelink1 %t.so -o %t.out && llvm-readelf -rdW %t.out > %t.txt
# RUN: llvm-objdump -d -j .plt.bnd --no-show-raw-insn %t.out >> %t.txt
# RUN: FileCheck %s < %t.txt
# RUN: %objprelink1 --i386-scratch=eax %t.so -o %t.eax
# RUN: llvm-objdump -d -j .plt.bnd --no-show-raw-insn %t.eax | FileCheck %s --check-prefix=EAX

# CHECK-NOT:  TEXTREL
# CHECK:      [[#%.8x,PLT:]] {{.*}}_JUMP_SLOT {{.*}} plt
# CHECK:      '.rel.dyn' {{.*}} contains 10 entries
# CHECK:      [[#%.8x,SLOT:]] {{.*}}_RELATIVE
# CHECK-NEXT: [[#%.8x,SLOT+16]] {{.*}}_RELATIVE
# CHECK-NEXT: [[#%.8x,SLOT+4]] {{.*}} R_386_32 {{.*}} once
# CHECK-NEXT: [[#%.8x,SLOT+8]] {{.*}}_RELATIVE
# CHECK-NEXT: [[#%.8x,SLOT+20]] {{.*}}_RELATIVE
# CHECK-NEXT: [[#%.8x,GOT:]] {{.*}}_GLOB_DAT {{.*}} got
# CHECK:      [[#%.8x,NEW:]] {{.*}}_GLOB_DAT {{.*}} twice
# CHECK:      4000: pushl %eax
# CHECK-NEXT: pushl %eax
# CHECK-NEXT: calll 0x4008
# CHECK-NEXT: [[#%x,BASE:]]: int3
# CHECK-NEXT: popl %eax
# CHECK-NEXT: movl -0x[[#%x,BASE-GOT]](%eax), %eax
# CHECK-NEXT: movl %eax, 0x4(%esp)
# CHECK-NEXT: popl %eax
# CHECK-NEXT: retl
# CHECK:      movl -0x[[#%x,BASE+0x18-PLT]](%eax), %eax
# CHECK:      movl -0x[[#%x,BASE+0x30-NEW]](%eax), %eax
# EAX:        4000: calll 0x4005
# EAX-NEXT:   4005: popl %eax
# EAX-NEXT:   jmpl *-0x{{[0-9a-f]+}}(%eax)

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
