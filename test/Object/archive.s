# hazard O14
# An archive is rewritten member by member: order, names (long ones, and one
# name twice), times, owners and modes stay, and so do members that are no
# objects, archives among them. The symbol index follows the members that move.

# RUN: rm -rf %t && mkdir %t && cd %t && mkdir sub
# RUN: %mc64 --defsym A=1 %s -o a.o && %mc64 --defsym B=1 %s -o b.o
# RUN: %mc64 --defsym C=1 %s -o a_name_longer_than_sixteen_bytes.o
# RUN: %mc64 --defsym D=1 %s -o sub/a.o && echo text > notes.txt
# RUN: ar rcD inner.a a.o && touch -d 2001-02-03 b.o && chmod 640 b.o
# RUN: ar qcU x.a a.o notes.txt b.o inner.a a_name_longer_than_sixteen_bytes.o sub/a.o
# RUN: cp x.a before.a && ar tv before.a | awk '{$3=""; print}' > old
# RUN: %objprelink1 -v x.a | FileCheck %s
# RUN: ar tv x.a | awk '{$3=""; print}' > new && cmp old new
# RUN: ar t x.a | FileCheck %s --check-prefix=NAMES
# RUN: ar p x.a inner.a > inner.new && cmp inner.a inner.new
# RUN: ar p x.a notes.txt | FileCheck %s --check-prefix=TEXT
# RUN: llvm-nm --print-armap x.a | FileCheck %s --check-prefix=INDEX
# RUN: %lld -shared -u _ZTV1C -u _ZTV1D x.a -o x.so
# RUN: llvm-readelf -rsW x.so | FileCheck %s --check-prefix=LINKED
# RUN: cp x.a again.a && %objprelink1 again.a && cmp x.a again.a

# CHECK:      x.a(a.o): vtable for A+0x10: f1A: -> .Lf1A.relay
# CHECK:      x.a(notes.txt): left alone: not an ELF object or an archive
# CHECK-NEXT: x.a(b.o): 0 vtables: 0 slots redirected to 0 stubs, 0 words left alone
# CHECK-NEXT: x.a(inner.a): left alone: not an object
# CHECK:      x.a(a_name_longer_than_sixteen_bytes.o): vtable for C+0x10: f1C: -> .Lf1C.relay
# CHECK:      x.a(a.o): vtable for D+0x10: f1D: -> .Lf1D.relay

# NAMES:      a.o
# NAMES-NEXT: notes.txt
# NAMES-NEXT: b.o
# NAMES-NEXT: inner.a
# NAMES-NEXT: a_name_longer_than_sixteen_bytes.o
# NAMES-NEXT: a.o
# TEXT:       text
# INDEX:      _ZTV1A in a.o
# INDEX-NEXT: other in b.o
# INDEX-NEXT: _ZTV1C in a_name_longer_than_sixteen_bytes.o
# INDEX-NEXT: _ZTV1D in a.o
# LINKED-NOT: R_X86_64_64 {{.*}} f1{{[ACD]}}
# LINKED:     .Lf1C.relay

  .macro vtable name
  .section .data.rel.ro,"aw"
  .globl _ZTV\name
  .type _ZTV\name,@object
_ZTV\name:
  .dc.a 0, 0, f\name
  .size _ZTV\name, .-_ZTV\name
  .endm
  .ifdef B
  .globl other
other:
  .endif
  .irp name, A, C, D
  .ifdef \name
  vtable 1\name
  .endif
  .endr
