# hazard O16
# An object without a slot to redirect, or without any symbol, is not touched:
# the same inode, the same time.

# RUN: rm -rf %t && mkdir %t && cd %t
# RUN: %mc64 %s -o none.o && %mc64 --defsym SLOT=1 %s -o slot.o
# RUN: llvm-strip none.o -o stripped.o && echo > empty.s && %mc32 empty.s -o empty.o
# RUN: touch -d 2001-02-03 none.o slot.o stripped.o empty.o
# RUN: ls -il none.o stripped.o empty.o > old && ls -il slot.o > old-slot
# RUN: %objprelink1 -v none.o stripped.o empty.o slot.o | FileCheck %s --match-full-lines
# RUN: ls -il none.o stripped.o empty.o > new && cmp old new
# RUN: ls -il slot.o > new-slot && not cmp old-slot new-slot

# CHECK:      none.o: 1 vtables: 0 slots redirected to 0 stubs, 0 words left alone
# CHECK-NEXT: stripped.o: 0 vtables: 0 slots redirected to 0 stubs, 0 words left alone
# CHECK-NEXT: empty.o: 0 vtables: 0 slots redirected to 0 stubs, 0 words left alone
# CHECK-NEXT: slot.o: vtable for A+0x10: f: -> .Lf.relay
# CHECK-NEXT: slot.o: 1 vtables: 1 slots redirected to 1 stubs, 0 words left alone

  .data
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, 0
  .ifdef SLOT
  .dc.a f
  .endif
  .size _ZTV1A, .-_ZTV1A
