# What cannot be rewritten safely is LLD's output, with a remark, or an error
# that leaves nothing behind if --objprelink-strict asks for it.

# RUN: rm -rf %t && mkdir %t
# RUN: %mc64 %s -o %t/a.o
# RUN: %ld.objprelink -shared %t/a.o -o %t/a.so --pack-dyn-relocs=android \
# RUN:   --objprelink-report=%t/report 2>&1 | FileCheck %s
# RUN: FileCheck --check-prefix=REPORT %s < %t/report
# RUN: ld.lld -shared %t/a.o -o %t/plain.so --pack-dyn-relocs=android
# RUN: llvm-readelf -r %t/plain.so > %t/expected
# RUN: llvm-readelf -r %t/a.so | diff %t/expected -
# RUN: not %ld.objprelink -shared %t/a.o -o %t/b.so --objprelink-strict \
# RUN:   --pack-dyn-relocs=android 2>&1 | FileCheck --check-prefix=STRICT %s
# RUN: ls %t | FileCheck --check-prefix=FILES %s

# CHECK: ld.objprelink: remark: [[OUT:.*]]a.so: linked without objprelink:
# CHECK-SAME: DT_ANDROID_RELA is not supported{{$}}
# REPORT: "outcome":"refused","reason":"{{.+}}"
# STRICT: ld.objprelink: error: failed to write output '{{.*}}b.so': objprelink: DT_ANDROID_RELA is not supported{{$}}
# FILES: a.o
# FILES-NEXT: a.so
# FILES-NEXT: expected
# FILES-NEXT: plain.so
# FILES-NEXT: report
# FILES-NOT: {{.}}

  .section .data.rel.ro,"aw"
  .globl _ZTV1A
  .type _ZTV1A, @object
_ZTV1A:
  .quad 0, 0, f, g, f
  .size _ZTV1A, . - _ZTV1A
  .type f, @function
  .type g, @function
