# hazard L08
# With -z pack-relative-relocs the slots that are RELATIVE now are packed with
# those that LLD packs.

# RUN: %mc64 %s -o %t.o
# RUN: ld.lld -shared %t.o %needed64 -o %t.plain -z pack-relative-relocs
# RUN: llvm-readelf -r %t.plain | FileCheck --check-prefix=PLAIN %s
# RUN: %ld.objprelink -shared %t.o %needed64 -o %t.so -z pack-relative-relocs
# RUN: llvm-readelf -r %t.so | FileCheck %s
# RUN: llvm-readelf -d %t.so | FileCheck --check-prefix=DYNAMIC %s

# PLAIN-COUNT-3: R_X86_64_64
# PLAIN: .relr.dyn' {{.*}} contains 1 entries
# CHECK-NOT: R_X86_64_{{64|RELATIVE}}
# CHECK: .relr.dyn'
# CHECK-COUNT-4: _ZTV1A + 0x
# CHECK-NOT: R_X86_64_{{64|RELATIVE}}
# DYNAMIC: (RELR)

  .section .data.rel.ro,"aw"
  .p2align 3
  .globl _ZTV1A
  .type _ZTV1A, @object
_ZTV1A:
  .quad 0, here, f, g, f
  .size _ZTV1A, . - _ZTV1A
here:
  .type f, @function
  .type g, @function
  .text
  # Enough symbols: they make room for program headers.
  .globl a_function_with_a_name, b_function_with_a_name, c_function_with_a_name
a_function_with_a_name:
b_function_with_a_name:
c_function_with_a_name:
  call h@PLT
