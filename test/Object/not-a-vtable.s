# hazard V01
# A table of function pointers is a vtable by its symbol alone: an object with
# a size, whose name a C++ class can have, in loaded data, and of the shape
# (number, typeinfo, functions). C names that begin alike, other types of
# symbol, wrong shapes and other sections are left alone; the one vtable among
# them is found.

# RUN: %mc64 %s -o %t.64.o && %mc32 %s -o %t.32.o
# RUN: %objprelink1 -v %t.64.o | FileCheck %s --check-prefix=SAID
# RUN: %objprelink1 -v %t.32.o | FileCheck %s --check-prefix=SAID
# RUN: llvm-readelf -rW %t.64.o | FileCheck %s
# RUN: llvm-readelf -rW %t.32.o | FileCheck %s

# SAID:      vtable for A+{{.*}}: real: -> .Lreal.relay
# SAID-NEXT: vtable for B+0x0: first: left alone: the symbol is named like a vtable but not shaped like one
# SAID-NEXT: vtable for B+{{.*}}: typeinfo for B: left alone: the symbol is named like a vtable but not shaped like one
# SAID-NEXT: vtable for B+{{.*}}: f: left alone: the symbol is named like a vtable but not shaped like one
# SAID-NEXT: vtable for C+{{.*}}: second: left alone: the symbol is named like a vtable but not shaped like one
# SAID-NEXT: vtable for C+{{.*}}: f: left alone: the symbol is named like a vtable but not shaped like one
# SAID-NEXT: 3 vtables: 1 slots redirected to 1 stubs, 6 words left alone

# CHECK:     .Lreal.relay
# CHECK-NOT: .relay
# CHECK:     Relocation section '.rel{{a?}}.objprelink.text'

  .macro table name, type, flags, words:vararg
  .section vtables.\name,"\flags"
  .globl \name
  .type \name,@\type
\name:
  .dc.a \words
  .size \name, .-\name
  .endm
  table _ZTV1A, object, aw, 0, _ZTI1A, real
  table _ZTV1B, object, aw, first, _ZTI1B, f
  table _ZTV1C, object, aw, 0, second, f
  table _ZTVoperations, object, aw, 0, _ZTI1D, f
  table _ZTV, object, aw, 0, _ZTI1D, f
  table _ZTVN, notype, aw, 0, _ZTI1D, f
  table operations, object, aw, 0, _ZTI1D, f
  table _ZTV1E, function, aw, 0, _ZTI1E, f
  table _ZTV1F, object, ax, 0, _ZTI1F, f
  table _ZTV1G, object, w, 0, _ZTI1G, f
  table _ZTV1I, object, awT, 0, _ZTI1I, f
  .section merged,"aM",@progbits,8
  .globl _ZTV1J
  .type _ZTV1J,@object
_ZTV1J:
  .dc.a 0, _ZTI1J, f
  .size _ZTV1J, .-_ZTV1J
  .data
  .globl _ZTV1H
  .type _ZTV1H,@object
_ZTV1H:
  .dc.a 0, _ZTI1H, f
