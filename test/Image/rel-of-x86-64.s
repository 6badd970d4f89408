## hazard L72
## x86-64 has RELA relocations, and glibc applies no others: LLD's -z rel is
## refused by name, by the linker with a remark, and packed tables of others, too.

# RUN: %mc64 %s -o %t.o && %lld -shared -z rel %t.o -o %t.so
# RUN: not %objprelink1 %t.so -o %t.new 2>&1 | FileCheck %s
# RUN: not %objprelink2 %t.so -o %t.new 2>&1 | FileCheck %s
# RUN: %ld.objprelink -shared -z rel %t.o -o %t.linked 2>&1 | FileCheck %s --check-prefix=LINK
# CHECK: error: {{.*}}.so: DT_REL is not supported: relocations of this machine are in DT_RELA
# LINK: remark: {{.*}}: linked without objprelink: DT_REL is not supported: relocations of this machine are in DT_RELA

# RUN: %mc32 %s --defsym i386=1 -o %t32.o && %lld -shared -z rela %t32.o -o %t32.so
# RUN: not %objprelink1 %t32.so -o %t.new 2>&1 | FileCheck %s --check-prefix=RELA
# RELA: error: {{.*}}.so: DT_RELA is not supported: relocations of this machine are in DT_REL{{$}}

# RUN: %lld -shared --pack-dyn-relocs=android %t.o -o %t.android
# RUN: not %objprelink1 %t.android -o %t.new 2>&1 | FileCheck %s --check-prefix=ANDROID
# RUN: %lld -shared --pack-dyn-relocs=android+relr %t.o -o %t.android
# RUN: not %objprelink1 %t.android -o %t.new 2>&1 | FileCheck %s --check-prefix=ANDROID
# ANDROID: DT_ANDROID_RELA is not supported

  .section .data.rel.ro,"aw"
  .p2align 3
  .globl _ZTV1A
  .type _ZTV1A, @object
_ZTV1A:
.ifdef i386
  .long 0, 0, f, f, f
.else
  .quad 0, 0, f, f, f, here
.endif
  .size _ZTV1A, . - _ZTV1A
here:
  .type f, @function
  .text
  .globl a_function_with_a_name, b_function_with_a_name, c_function_with_a_name
a_function_with_a_name:
b_function_with_a_name:
c_function_with_a_name:
  ret
