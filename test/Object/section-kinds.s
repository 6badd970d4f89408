# hazard O07 O08
# Flags and bytes that carry meaning for linkers pass through: merged strings
# and constants, SHF_LINK_ORDER with its link, SHF_EXCLUDE, SHF_GNU_RETAIN,
# COMDAT groups of others, thread-local and uninitialised data, notes, large
# alignments.

# RUN: %mc64 %s -o %t.64.o && %mc32 %s -o %t.32.o
# RUN: %objprelink1 %t.64.o -o %t.64.new && %objprelink1 %t.32.o -o %t.32.new
# RUN: %changed %t.64.o %t.64.new | FileCheck %s --match-full-lines
# RUN: %changed %t.32.o %t.32.new | FileCheck %s --match-full-lines
# RUN: llvm-readelf -SW %t.64.new | FileCheck %s --check-prefix=KIND
# RUN: %lld -r %t.64.new -o %t.r.o

# CHECK:      .strtab grew
# CHECK-NEXT: .rel{{a?}}.data.rel.ro contents
# CHECK-NEXT: .symtab grew
# CHECK-NEXT: added 4 sections

# KIND: strings {{.*}} 000006 01 AMS 0 0 1
# KIND: numbers {{.*}} 000010 08 AM 0 0 8
# KIND: ordered {{.*}} 000001 00 AL [[#]] 0 1
# KIND: excluded {{.*}} 000001 00 E 0 0 1
# KIND: retained {{.*}} 000001 00 AR 0 0 1
# KIND: .tbss NOBITS {{.*}} 001000 00 WAT 0 0 4096
# KIND: aligned {{.*}} 000001 00 A 0 0 65536

  .section strings,"aMS",@progbits,1
  .asciz "hello"
  .section numbers,"aM",@progbits,8
  .p2align 3
  .quad 1, 2
  .section grouped,"axG",@progbits,other,comdat
  .weak other
other: ret
  .section ordered,"ao",@progbits,grouped
  .byte 1
  .section excluded,"e"
  .byte 2
  .section retained,"aR"
  .byte 3
  .section .tbss,"awT",@nobits
  .p2align 12
  .skip 0x1000
  .section note,"",@note
  .long 0, 0, 7
  .section aligned,"a"
  .p2align 16
  .byte 4
  .section .data.rel.ro,"aw"
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, _ZTI1A, _ZN1A1fEv
  .size _ZTV1A, .-_ZTV1A
