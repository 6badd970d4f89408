# hazard O17
# A stub refers to the versioned symbol itself (f@V1, f@@V2), not to its name,
# so the version survives; in the stub's own name "@" would start a version,
# which "$" does not.

# RUN: rm -rf %t && split-file %s %t && cd %t
# RUN: %mc64 vtable.s -o 64.o && %mc32 vtable.s -o 32.o
# RUN: %objprelink1 -v --slots=all 64.o | FileCheck %s --check-prefix=SAID
# RUN: %objprelink1 -v --slots=all 32.o | FileCheck %s --check-prefix=SAID
# RUN: llvm-readelf -rW 64.o | FileCheck %s
# RUN: %mc64 library.s -o library.o
# RUN: ld.bfd -shared --version-script=map library.o -o library.so
# RUN: ld.bfd -shared --version-script=map 64.o library.so -o bfd.so
# RUN: %lld -shared --version-script=map 64.o library.so -o lld.so
# RUN: llvm-readelf -rW bfd.so | FileCheck %s --check-prefix=LINKED
# RUN: llvm-readelf -rW lld.so | FileCheck %s --check-prefix=LINKED

# SAID: f@V1: -> .Lf$V1.relay
# SAID: f@@V2: -> .Lf$$V2.relay
# CHECK:          R_X86_64_64 {{.*}} .Lf$V1.relay + 0
# CHECK-NEXT:     R_X86_64_64 {{.*}} .Lf$$V2.relay + 0
# CHECK:          R_X86_64_GOTPCRELX {{.*}} f@V1 - 4
# CHECK:          R_X86_64_GOTPCRELX {{.*}} f@@V2 - 4
# LINKED-DAG:     R_X86_64_GLOB_DAT {{.*}} f@V1 + 0
# LINKED-DAG:     R_X86_64_GLOB_DAT {{.*}} f@{{@?}}V2 + 0

#--- vtable.s
  .symver f_old, f@V1, remove
  .symver f_new, f@@V2, remove
  .globl f_new
  .type f_new,@function
f_new: ret
  .section .data.rel.ro,"aw"
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, _ZTI1A, f_old, f_new
  .size _ZTV1A, .-_ZTV1A
#--- library.s
  .globl f_old
  .type f_old,@function
f_old: ret
  .symver f_old, f@V1, remove
#--- map
V1 {}; V2 {};
