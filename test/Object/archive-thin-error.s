# hazard O14
# When a member of a thin archive is refused, the error names it, and the
# archive is right about the sizes of all its members, changed or not.

# RUN: rm -rf %t && mkdir %t && cd %t
# RUN: %mc64 %s -o a.o && cp a.o bad.o && llvm-ar rcT --thin x.a a.o bad.o
# RUN: truncate -s 100 bad.o && cp bad.o before.o
# RUN: %status %objprelink1 --thin-members x.a 2>&1 | FileCheck %s && cmp bad.o before.o
# RUN: wc -c < a.o > size && head -c 300 x.a >> size
# RUN: FileCheck %s --check-prefix=SIZE --input-file=size

# CHECK: objprelink1: error: x.a: (bad.o): the section header table
# CHECK: status 1
# SIZE:  [[#SIZE:]]
# SIZE:  /0 {{.*}} 644 [[#SIZE]] `

  .data
  .weak _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, 0, f
  .size _ZTV1A, .-_ZTV1A
