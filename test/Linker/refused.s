# hazard L49
# What cannot be rewritten safely is LLD's output, with a remark, or an error
# that leaves nothing behind if --objprelink-strict asks for it. Where there is
# nothing to rewrite, Android's tables are no reason for either.

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
# RUN: sed s/_ZTV1A/table/g %s | %mc64 -o %t/table.o
# RUN: %ld.objprelink -shared %t/table.o -o %t/c.so --objprelink-strict \
# RUN:   --pack-dyn-relocs=android --objprelink-report=%t/report 2>&1 | count 0
# RUN: FileCheck --check-prefix=NOTHING %s < %t/report
# RUN: %ld.objprelink -shared %t/table.o -o %t/c.so --objprelink-strict \
# RUN:   --pack-dyn-relocs=android+relr --use-android-relr-tags 2>&1 | count 0
# RUN: %mc32 %s -o %t/a32.o
# RUN: not %ld.objprelink -m elf_i386 -shared %t/a32.o -o %t/b.so \
# RUN:   --objprelink-strict --pack-dyn-relocs=android 2>&1 \
# RUN:   | FileCheck --check-prefix=STRICT32 %s
# RUN: rm %t/table.o %t/a32.o %t/c.so
# RUN: ls %t | FileCheck --check-prefix=FILES %s

# CHECK: ld.objprelink: remark: [[OUT:.*]]a.so: linked without objprelink:
# CHECK-SAME: DT_ANDROID_RELA is not supported{{$}}
# REPORT: "outcome":"refused","reason":"{{.+}}"
# STRICT: ld.objprelink: error: failed to write output '{{.*}}b.so': objprelink: DT_ANDROID_RELA is not supported{{$}}
# STRICT32: objprelink: DT_ANDROID_REL is not supported{{$}}
# NOTHING: "outcome":"nothing to do","reason":"no vtables"
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
  .dc.a 0, 0, f, g, f
  .size _ZTV1A, . - _ZTV1A
  .type f, @function
  .type g, @function
