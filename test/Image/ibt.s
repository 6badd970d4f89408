## hazard V18
## Where the image asks for landing pads, every stub and every address that a
## lazy word can hold has one, and the property stays.

# RUN: %mc64 %s -o %t.o && %lld -shared %t.o -o %t.so
# RUN: %objprelink2 %t.so -o %t.lazy && %objprelink1 %t.so -o %t.relay
# RUN: llvm-objdump -d -j .text.objprelink --no-show-raw-insn %t.lazy | FileCheck %s
# RUN: llvm-objdump -d -j .text.objprelink --no-show-raw-insn %t.relay | FileCheck %s --check-prefix=RELAY
# RUN: llvm-readelf -n %t.lazy | FileCheck %s --check-prefix=PROPERTY
# RUN: llvm-readelf -n %t.relay | FileCheck %s --check-prefix=PROPERTY

# CHECK:      endbr64
# CHECK-NEXT: jmpq *
# CHECK-NEXT: endbr64
# CHECK-NEXT: pushq $0x1
# CHECK-NEXT: jmp
# CHECK:      endbr64
# CHECK-NEXT: pushq $0x0
# CHECK-NEXT: jmp
# RELAY:      endbr64
# RELAY-NEXT: jmpq *
# PROPERTY:   x86 feature: IBT

  .section .note.gnu.property,"a"
  .p2align 3
  .long 4, 16, 5
  .asciz "GNU"
  .long 0xc0000002, 4, 1, 0
  .section .data.rel.ro,"aw"
  .p2align 3
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .quad 0, 0, f, plt, f, plt
  .size _ZTV1A, .-_ZTV1A
  .text
  .globl a_name_that_makes_room_for_program_headers_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
a_name_that_makes_room_for_program_headers_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx:
  jmp plt@PLT
