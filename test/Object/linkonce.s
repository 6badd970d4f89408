# hazard O06: refused
# Vtables of old compilers are in .gnu.linkonce sections, which linkers drop by
# name and not by group: such a vtable is left alone and counted, the modern
# one beside it taken.

# RUN: %mc64 %s -o %t.64.o && %mc32 %s -o %t.32.o
# RUN: %objprelink1 -v %t.64.o | FileCheck %s --check-prefix=SAID
# RUN: %objprelink1 -v %t.32.o | FileCheck %s --check-prefix=SAID
# RUN: llvm-readelf -rW %t.64.o | FileCheck %s
# RUN: llvm-readelf -rW %t.32.o | FileCheck %s

# SAID:      vtable for A+{{.*}}: typeinfo for A: left alone: in a .gnu.linkonce section, which linkers treat by name
# SAID-NEXT: vtable for A+{{.*}}: f: left alone: in a .gnu.linkonce section, which linkers treat by name
# SAID-NEXT: vtable for B+{{.*}}: typeinfo for B: left alone: data, not a function
# SAID-NEXT: vtable for B+{{.*}}: f: -> .Lf.relay
# SAID-NEXT: 2 vtables: 1 slots redirected to 1 stubs, 3 words left alone

# CHECK:     Relocation section '.rel{{a?}}.gnu.linkonce.d._ZTV1A'
# CHECK:     f{{( |$)}}
# CHECK:     Relocation section '.rel{{a?}}.data.rel.ro'
# CHECK:     .Lf.relay{{( |$)}}

  .macro vtable name, section
  .section \section,"aw",@progbits
  .weak _ZTV\name
  .type _ZTV\name,@object
_ZTV\name:
  .dc.a 0, _ZTI\name, f
  .size _ZTV\name, .-_ZTV\name
  .endm
  vtable 1A, .gnu.linkonce.d._ZTV1A
  vtable 1B, .data.rel.ro
