# --dry-run says what would change, ends with the status that the real run
# would have, and changes nothing; -v adds what is left alone.

# RUN: rm -rf %t %t.before && mkdir %t && cd %t
# RUN: %mc64 %s -o a.o && llvm-ar rc x.a a.o && head -c 100 a.o > bad.o
# RUN: cp -r . %t.before
# RUN: %status %objprelink1 -n a.o x.a bad.o -j1 2>&1 | FileCheck %s
# RUN: %objprelink1 --dry-run a.o -o b.o | FileCheck %s --check-prefix=OUTPUT
# RUN: %objprelink1 -n - < a.o 2>&1 | FileCheck %s --check-prefix=OUTPUT
# RUN: %objprelink1 -n -v a.o | FileCheck %s --check-prefix=VERBOSE
# RUN: diff -r . %t.before
# RUN: %objprelink1 a.o && %objprelink1 -n a.o | FileCheck %s --check-prefix=AGAIN

# CHECK:       a.o: vtable for A+0x10: f: -> .Lf.relay
# CHECK-NEXT:  a.o: 1 vtables: 1 slots redirected to 1 stubs, 1 words left alone
# CHECK-NEXT:  x.a(a.o): vtable for A+0x10: f: -> .Lf.relay
# CHECK-NEXT:  x.a(a.o): 1 vtables: 1 slots redirected to 1 stubs, 1 words left alone
# CHECK-NEXT:  objprelink1: error: bad.o: the section header table
# CHECK-NEXT:  status 1
# OUTPUT:      f: -> .Lf.relay
# VERBOSE:     typeinfo for A: left alone: data, not a function
# VERBOSE:     f: -> .Lf.relay
# AGAIN-NOT:   ->
# AGAIN:       a.o: 1 vtables: 0 slots redirected to 0 stubs, 2 words left alone

  .data
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, _ZTI1A, f
  .size _ZTV1A, .-_ZTV1A
