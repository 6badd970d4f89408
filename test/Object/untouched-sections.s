# hazard O02 O04
# New sections and symbols come last, so no old index moves: headers of old
# sections stay, and so do all contents but the vtable's relocations. The
# tables of names and symbols only grow at their ends.

# RUN: %mc64 -g %s -o %t.64.o && %mc32 -g %s -o %t.32.o
# RUN: %objprelink1 %t.64.o -o %t.64.new && %objprelink1 %t.32.o -o %t.32.new
# RUN: %changed %t.64.o %t.64.new | FileCheck %s --match-full-lines
# RUN: %changed %t.32.o %t.32.new | FileCheck %s --match-full-lines
# RUN: llvm-readelf -rW %t.64.new | FileCheck %s --check-prefix=RELOC
# RUN: llvm-readelf -rW %t.32.new | FileCheck %s --check-prefix=RELOC

# CHECK:      .strtab grew
# CHECK-NEXT: .rel{{a?}}.data.rel.ro contents
# CHECK-NEXT: .symtab grew
# CHECK-NEXT: added 4 sections
# CHECK-NOT:  {{.}}

# RELOC:      Relocation section '.rel{{a?}}.data.rel.ro' {{.*}} 4 entries:
# RELOC:      {{0000 .*}} before
# RELOC-NEXT: _ZTI1A
# RELOC-NEXT: .L_ZN1A1fEv.relay
# RELOC-NEXT: after

  call *after
  .section .data.rel.ro,"aw"
  .globl _ZTV1A
  .type _ZTV1A,@object
  .dc.a before
_ZTV1A:
  .dc.a 0, _ZTI1A, _ZN1A1fEv
  .size _ZTV1A, .-_ZTV1A
  .dc.a after
