# hazard O16
# A second run finds nothing to do, be it with the other tool, and does not
# touch the file: the same bytes, the same time, the same inode. A run that
# takes more slots adds only what is missing.

# RUN: rm -rf %t && mkdir %t && cd %t
# RUN: %mc64 %s -o 64.o && %mc32 %s -o 32.o && %objprelink1 64.o 32.o
# RUN: touch -d 2001-02-03 64.o 32.o && cp 64.o 64 && cp 32.o 32
# RUN: ls -il 64.o 32.o > old
# RUN: %objprelink1 -v 64.o | FileCheck %s && %objprelink1 -v 32.o | FileCheck %s
# RUN: %objprelink2 64.o 32.o
# RUN: ls -il 64.o 32.o > new && cmp old new && cmp 64.o 64 && cmp 32.o 32
# RUN: %objprelink1 -v --slots=all 64.o | FileCheck %s --check-prefix=MORE
# RUN: %objprelink1 -v --slots=all 32.o | FileCheck %s --check-prefix=MORE
# RUN: llvm-readelf -sW 64.o | FileCheck %s --check-prefix=BOTH
# RUN: llvm-readelf -sW 32.o | FileCheck %s --check-prefixes=BOTH,GOT

# CHECK:      .Lf.relay: left alone: points to a stub already
# CHECK-NEXT: g: left alone: defined in this object (--slots=all takes it)
# CHECK-NEXT: 1 vtables: 0 slots redirected to 0 stubs, 3 words left alone

# MORE:       .Lf.relay: left alone: points to a stub already
# MORE-NEXT:  g: -> .Lg.relay
# MORE-NEXT:  1 vtables: 1 slots redirected to 1 stubs, 2 words left alone

# BOTH:     FUNC WEAK HIDDEN [[#]] .Lf.relay
# GOT-NEXT: _GLOBAL_OFFSET_TABLE_
# BOTH:     __x86_indirect_thunk_
# BOTH:     FUNC WEAK HIDDEN [[#]] .Lg.relay
# BOTH-NOT: {{relay|_GLOBAL|thunk}}

  .globl g
  .type g,@function
g: ret
  .data
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, _ZTI1A, f, g
  .size _ZTV1A, .-_ZTV1A
