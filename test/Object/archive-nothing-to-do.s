# hazard O14 O16
# Archives without a slot to redirect, empty ones too, are not touched.

# RUN: rm -rf %t && mkdir %t && cd %t
# RUN: %mc64 %s -o a.o && %mc64 --defsym SLOT=1 %s -o b.o
# RUN: llvm-ar rc empty.a && llvm-ar rc plain.a a.o && llvm-ar rc slot.a a.o b.o
# RUN: touch -d 2001-02-03 empty.a plain.a slot.a
# RUN: %objprelink1 -v empty.a plain.a slot.a | FileCheck %s
# RUN: ls -l --time-style=+%%Y empty.a plain.a slot.a | FileCheck %s --check-prefix=TIME

# CHECK: plain.a(a.o): 0 vtables: 0 slots redirected to 0 stubs, 0 words left alone
# CHECK: slot.a(b.o): 1 vtables: 1 slots redirected to 1 stubs, 0 words left alone
# TIME:  2001 empty.a
# TIME:  2001 plain.a
# TIME-NOT: 2001 slot.a

  .ifdef SLOT
  .data
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, 0, f
  .size _ZTV1A, .-_ZTV1A
  .endif
