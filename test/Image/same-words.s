# hazard V22 V31
# All words that hold the address of a function change together, or none does:
# one that is in no vtable, or has an addend, another name or none, keeps all.

# RUN: %mc64 %s -o %t.o && %lld -shared -z now %t.o %needed64 -o %t.so
# RUN: %objprelink1 -v %t.so -o %t.out | FileCheck %s
# RUN: %objprelink1 --verify %t.so %t.out
# RUN: %objprelink2 --override-bind-now -n -v %t.so | FileCheck %s

# CHECK:      A+0x10: f: -> a
# CHECK-NEXT: A+0x18: g: left alone: another word with its function stays
# CHECK-NEXT: A+0x20: here: left alone: another word has its function under another name
# CHECK-NEXT: A+0x28: alias: left alone: another word has its function under another name
# CHECK-NEXT: A+0x30: added: left alone: another word has its function under another name
# CHECK-NEXT: A+0x38: named: left alone: another word has its function under another name
# CHECK-NEXT: A+0x40: f: -> a
# CHECK:      A+0x58: alone: -> a relay
# CHECK-NEXT: A+0x60: alone: -> a relay

  .globl _ZTV1A, here, alias, added, before, named, alone
  .section .data.rel.ro,"aw"
  .p2align 3
  .type _ZTV1A,@object
_ZTV1A:
  .quad 0, _ZTI1A, f, g, here, alias, added, named, f, g, g, alone, alone
  .size _ZTV1A, .-_ZTV1A
  .quad g, before+4, local
  .text
  .type here,@function
  .type alias,@function
  .type before,@function
  .type added,@function
  .type named,@function
  .type alone,@function
here:
alias:
before:
  .long 0xcccccccc
added:
  ret
local:
named:
  nop
alone:
  ret
