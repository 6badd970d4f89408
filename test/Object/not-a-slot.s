# hazard O09 V02
# A word of a vtable is a slot only if one absolute relocation makes it exactly
# the address of a function: addends (in the relocation or, on i386, in the
# word), numbers, absolute and common symbols, labels, and words that are
# misaligned or relocated twice are left alone, each for its own reason.

# RUN: %gcc -m64 -c -Wa,--defsym,WIDE=1 %s -o %t.64.o && %gcc -m32 -c %s -o %t.32.o
# RUN: %objprelink1 -v --slots=all %t.64.o | FileCheck %s --check-prefixes=SAID,SAID64
# RUN: %objprelink1 -v --slots=all %t.32.o | FileCheck %s --check-prefixes=SAID,SAID32
# RUN: llvm-readelf -rW %t.64.o | FileCheck %s
# RUN: llvm-readelf -rW %t.32.o | FileCheck %s

# SAID:        added: left alone: the relocation has an addend
# SAID-NEXT:   common: left alone: data, not a function
# SAID-NEXT:   label: left alone: not a function
# SAID-NEXT:   distance: left alone: not the address of a symbol (a relative vtable?)
# SAID-NEXT:   slot: -> .Lslot.relay
# SAID-NEXT:   absolute: left alone: an absolute or common symbol
# SAID64-NEXT: once: left alone: several relocations work on this word
# SAID64-NEXT: again: left alone: several relocations work on this word
# SAID64-NEXT: : left alone: a number, not a symbol
# SAID-NEXT:   misaligned: left alone: not aligned to a word
# SAID32-NEXT: 1 vtables: 1 slots redirected to 1 stubs, 7 words left alone
# SAID64-NEXT: 1 vtables: 1 slots redirected to 1 stubs, 10 words left alone

# CHECK-NOT: {{[a-z]}}.relay
# CHECK:     .Lslot.relay
# CHECK-NOT: {{[a-z]}}.relay
# CHECK:     Relocation section '.rel{{a?}}.objprelink.text'

  .globl absolute, label
  .comm common, 8, 8
label: nop

  .section .data.rel.ro,"aw"
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, _ZTI1A, added+8, common, label, distance-., slot, absolute
  .ifdef WIDE
  .reloc ., R_X86_64_64, again
  .dc.a once
  .reloc ., R_X86_64_64, 5
  .dc.a 0
  .endif
  .byte 0
  .dc.a misaligned
  .size _ZTV1A, .-_ZTV1A
  absolute = 0x1000
