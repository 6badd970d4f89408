# hazard O14
# The kind of an archive stays what it is: GNU with a 32-bit or a 64-bit symbol
# index, BSD names, or no index at all. A linker finds members by the index.

# RUN: rm -rf %t && mkdir %t && cd %t
# RUN: %mc64 %s -o a.o && %mc64 --defsym SECOND=1 %s -o odd_and_very_long_name.o
# RUN: llvm-ar rcs gnu.a a.o odd_and_very_long_name.o
# RUN: env SYM64_THRESHOLD=1 llvm-ar rcs sym64.a a.o odd_and_very_long_name.o
# RUN: llvm-ar rcS --format=bsd bsd.a a.o odd_and_very_long_name.o
# RUN: llvm-ar rcS none.a a.o odd_and_very_long_name.o
# RUN: %objprelink1 gnu.a sym64.a bsd.a none.a
# RUN: head -c 24 gnu.a | FileCheck %s --check-prefix=GNU
# RUN: head -c 24 sym64.a | FileCheck %s --check-prefix=SYM64
# RUN: llvm-nm bsd.a | FileCheck %s && llvm-nm none.a | FileCheck %s
# RUN: llvm-objdump -a bsd.a | FileCheck %s --check-prefix=BSD
# RUN: %lld -shared -u _ZTV1B gnu.a -o gnu.so && llvm-nm gnu.so | FileCheck %s --check-prefix=LINKED
# RUN: %lld -shared -u _ZTV1B sym64.a -o sym64.so && cmp gnu.so sym64.so

# GNU:    {{^/ *$}}
# SYM64:  /SYM64/
# BSD:    odd_and_very_long_name.o
# CHECK:  a.o:
# CHECK:  .Lf.relay
# CHECK:  odd_and_very_long_name.o:
# CHECK:  .Lf.relay
# LINKED:     .Lf.relay
# LINKED-NOT: _ZTV1A
# LINKED:     _ZTV1B

  .macro vtable name
  .data
  .globl _ZTV\name
  .type _ZTV\name,@object
_ZTV\name:
  .dc.a 0, 0, f
  .size _ZTV\name, .-_ZTV\name
  .endm
  .ifdef SECOND
  vtable 1B
  .byte 0
  .else
  vtable 1A
  .endif
