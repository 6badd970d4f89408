# hazard O15 I05
# Data after the last section (the signature of a kernel module, say) would not
# survive a new layout, so the object is refused; padding is not data.

# RUN: %mc64 %s -o %t.o && cp %t.o %t.signed.o && cp %t.o %t.padded.o
# RUN: echo '~Module signature appended~' >> %t.signed.o && cp %t.signed.o %t.before
# RUN: truncate -s +100 %t.padded.o
# RUN: %objprelink1 -v %t.padded.o | FileCheck %s --check-prefix=GOOD
# RUN: %status %objprelink1 %t.signed.o 2>&1 | FileCheck %s
# RUN: cmp %t.signed.o %t.before

# GOOD: f: -> .Lf.relay
# CHECK:      objprelink1: error: {{.*}}.signed.o: 28 bytes of unknown data follow the last section
# CHECK-NEXT: status 1

  .data
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, 0, f
  .size _ZTV1A, .-_ZTV1A
