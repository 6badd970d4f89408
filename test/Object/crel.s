# hazard O09
# Compact relocations (CREL) are read and written back as such, with their
# addends; the stubs' own relocations are of the native kind.

# RUN: %mc64 --crel %s -o %t.64.o && %mc32 --crel %s -o %t.32.o
# RUN: %objprelink1 -v %t.64.o -o %t.64.new | FileCheck %s --check-prefix=SAID
# RUN: %objprelink1 -v %t.32.o -o %t.32.new | FileCheck %s --check-prefix=SAID
# RUN: llvm-readelf -rSW %t.64.new | FileCheck %s --check-prefixes=CHECK,RELA
# RUN: llvm-readelf -rSW %t.32.new | FileCheck %s
# RUN: %changed %t.64.o %t.64.new | FileCheck %s --check-prefix=CHANGED
# RUN: %lld -shared %t.64.new -o %t.so && llvm-readelf -rsW %t.so | FileCheck %s --check-prefix=LINKED

# SAID:      A::f(): -> .L_ZN1A1fEv.relay
# SAID-NEXT: A::g(): left alone: the relocation has an addend
# SAID-NEXT: 1 vtables: 1 slots redirected to 1 stubs, 2 words left alone

# CHECK:      .crel.data.rel.ro CREL
# CHECK:      .rel{{a?}}.objprelink.text REL{{A?}} {{.*}} IG [[#]] [[#]] {{[48]$}}
# CHECK:      Relocation section '.crel.data.rel.ro' {{.*}} 3 entries:
# CHECK:      _ZTI1A
# CHECK-NEXT: .L_ZN1A1fEv.relay
# CHECK-NEXT: _ZN1A1gEv
# RELA-SAME:  + 8

# CHANGED:     .crel.data.rel.ro contents
# CHANGED-NOT: header
# LINKED:      R_X86_64_RELATIVE
# LINKED:      R_X86_64_GLOB_DAT {{.*}} _ZN1A1fEv

  .section .data.rel.ro,"aw"
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, _ZTI1A, _ZN1A1fEv, _ZN1A1gEv+8
  .size _ZTV1A, .-_ZTV1A
