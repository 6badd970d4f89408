# hazard O16 V18
# ld -r takes the promise of branch tracking away when one object does not make
# it; the stubs that are there still have landing pads, and do for new slots.

# RUN: %mc64 --defsym A=1 %s -o %t.a.o && %mc64 --defsym B=1 %s -o %t.b.o
# RUN: %objprelink1 %t.a.o && %lld -r %t.a.o %t.b.o -o %t.r.o
# RUN: llvm-readelf -n %t.r.o | FileCheck %s --check-prefix=NOTE --allow-empty
# RUN: %objprelink1 -v %t.r.o 2>&1 | FileCheck %s
# RUN: llvm-objdump -d --no-show-raw-insn %t.r.o | FileCheck %s --check-prefix=CODE

# NOTE-NOT:   IBT
# CHECK:      vtable for A+0x10: .Lf.relay: left alone: points to a stub already
# CHECK-NEXT: vtable for B+0x10: f: -> .Lf.relay
# CHECK-NOT:  error:
# CODE:       <.Lf.relay>:
# CODE-NEXT:  0: endbr64
# CODE-NOT:   <.Lf.relay>:

  .macro vtable name
  .data
  .globl _ZTV\name
  .type _ZTV\name,@object
_ZTV\name:
  .dc.a 0, 0, f
  .size _ZTV\name, .-_ZTV\name
  .endm
  .ifdef A
  vtable 1A
  .section .note.gnu.property,"a",@note
  .long 4, 16, 5
  .asciz "GNU"
  .long 0xc0000002, 4, 3, 0
  .else
  vtable 1B
  .endif
