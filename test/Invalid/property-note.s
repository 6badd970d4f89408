# hazard O15 V18
# A property note that does not add up cannot be believed about landing pads:
# refused. Notes of other owners and properties of other kinds are passed over.

# RUN: %mc64 --defsym NAME=4 --defsym SIZE=16 --defsym BITS=1 %s -o %t.good.o
# RUN: %mc64 --defsym NAME=4 --defsym SIZE=17 --defsym BITS=0 %s -o %t.size.o
# RUN: %mc64 --defsym NAME=0xfffffffc --defsym SIZE=16 --defsym BITS=0 %s -o %t.name.o
# RUN: cp %t.size.o %t.before
# RUN: %objprelink1 -v %t.good.o | FileCheck %s --check-prefix=GOOD
# RUN: llvm-objdump -d %t.good.o | FileCheck %s --check-prefix=CODE
# RUN: %status %objprelink1 %t.size.o %t.name.o 2>&1 | FileCheck %s
# RUN: cmp %t.size.o %t.before

# GOOD: f: -> .Lf.relay
# CODE: endbr64
# CHECK:      objprelink1: error: {{.*}}.size.o: section [[#NOTE:]] (.note.gnu.property): unexpected end of data
# CHECK-NEXT: objprelink1: error: {{.*}}.name.o: section [[#NOTE]] (.note.gnu.property): unexpected end of data
# CHECK-NEXT: status 1

  .data
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, 0, f
  .size _ZTV1A, .-_ZTV1A

  .section .note.gnu.property,"a",@note
  .long 4, 16, 5              # another owner's note
  .asciz "ABC"
  .quad 0, 0
  .long NAME, 16 + SIZE, 5
  .asciz "GNU"
  .long 0xc0008002, 4, 1, 0   # another property: ISA needed
  .long 0xc0000002, 4, BITS, 0
