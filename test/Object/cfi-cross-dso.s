# hazard V11 V12
# What the link-time optimizer makes with -fsanitize=cfi and cross-DSO checks
# has symbols that begin like those of kCFI, but its checks look at the address
# of the vtable, never at a slot: it is rewritten.

# RUN: %mc64 %s -o %t.o && %objprelink1 -v %t.o 2>&1 | FileCheck %s

# CHECK:     f: -> f.relay
# CHECK-NOT: kcfi

  .globl __cfi_check
  .type __cfi_check,@function
__cfi_check:
  call __cfi_slowpath
  call __cfi_check_fail
  .data
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, 0, f
  .size _ZTV1A, .-_ZTV1A
