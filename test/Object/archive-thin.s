# hazard O14
# A thin archive names files that stand elsewhere and may belong to others: it
# is refused, and with --thin-members its files are rewritten where they are
# and the sizes in the archive follow.

# RUN: rm -rf %t && mkdir %t && cd %t && mkdir sub
# RUN: %mc64 %s -o sub/a.o && cp sub/a.o b.o && cp b.o plain.o
# RUN: llvm-ar rcsT --thin x.a sub/a.o b.o && cp x.a before.a
# RUN: %status %objprelink1 x.a 2>&1 | FileCheck %s --check-prefix=REFUSED --match-full-lines
# RUN: cmp x.a before.a && cmp sub/a.o plain.o && cmp b.o plain.o
# RUN: not %objprelink1 --thin-members x.a -o y.a 2>&1 | FileCheck %s --check-prefix=OUTPUT
# RUN: not ls y.a
# RUN: %objprelink1 -n --thin-members x.a | FileCheck %s
# RUN: cmp x.a before.a && cmp sub/a.o plain.o
# RUN: %objprelink1 -v --thin-members x.a | FileCheck %s
# RUN: %objprelink1 plain.o && cmp sub/a.o plain.o && cmp b.o plain.o
# RUN: wc -c < plain.o > size && llvm-ar tv x.a >> size
# RUN: FileCheck %s --check-prefix=SIZE --input-file=size
# RUN: head -c 7 x.a | FileCheck %s --check-prefix=THIN
# RUN: %lld -shared --whole-archive x.a -o x.so && llvm-nm x.so | FileCheck %s --check-prefix=LINKED
# RUN: cp -p x.a again.a && %objprelink1 --thin-members again.a && cmp x.a again.a

# REFUSED: objprelink1: error: x.a: a thin archive: its members are files elsewhere (--thin-members rewrites them in place)
# REFUSED: status 1
# OUTPUT:  objprelink1: error: x.a: the members of a thin archive are rewritten in place only
# CHECK:   x.a(sub/a.o): vtable for A+0x10: f: -> .Lf.relay
# CHECK:   x.a(b.o): vtable for A+0x10: f: -> .Lf.relay
# SIZE:      [[#SIZE:]]
# SIZE-NEXT: [[#SIZE]] {{.*}} sub/a.o
# SIZE-NEXT: [[#SIZE]] {{.*}} b.o
# THIN:    !<thin>
# LINKED:  .Lf.relay

  .data
  .weak _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, 0, f
  .size _ZTV1A, .-_ZTV1A
