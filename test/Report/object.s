# The report on an object tells words of vtables from other relocations, and
# names what would be a text relocation in a shared library. That on an archive
# has the sums, and the members among the details.

# RUN: %mc64 %s -o %t.o
# RUN: %objprelink-report %t.o | FileCheck %s
# RUN: rm -f %t.a && llvm-ar rcs %t.a %t.o && cp %t.o %t.2.o
# RUN: llvm-ar rcs %t.a %t.2.o
# RUN: %objprelink-report -v %t.a | FileCheck %s --check-prefix=ARCHIVE

# CHECK:      {{.*}}.o: object
# CHECK:      vtables 1
# CHECK:      redirected 2 1
# CHECK-NEXT: left alone: data, not a function 1 1
# CHECK:      other data R_X86_64_64 1 1
# CHECK:      vtable function R_X86_64_64 2 1
# CHECK:      vtable typeinfo R_X86_64_64 1 1
# CHECK:      Text relocations that a shared library would get
# CHECK:      .text symbol 1
# CHECK:      objprelink1 2

# ARCHIVE:      {{.*}}.a: archive
# ARCHIVE:      objects 2
# ARCHIVE:      redirected 4 2
# ARCHIVE:      vtable function R_X86_64_64 4 2
# ARCHIVE:      objprelink2 4
# ARCHIVE:      Members
# ARCHIVE:      object.s.tmp.o 2 2
# ARCHIVE-NEXT: object.s.tmp.2.o 2 2

  .section .data.rel.ro,"aw"
  .globl _ZTV1A
  .type _ZTV1A, @object
  .size _ZTV1A, 32
_ZTV1A:
  .quad 0, _ZTI1A, first, first
  .quad variable
  .text
  movabsq $symbol, %rax
