// hazard O08
// Debug information passes through byte by byte: compressed or not, split or
// not, of both compilers. A debugger and addr2line still read it.

// RUN: rm -rf %t && mkdir %t
// RUN: %gxx -fPIC -g -gz=zlib -c %s -o %t/zlib.o
// RUN: %clangxx -fPIC -g -gz=zstd -ffunction-sections -fdata-sections -c %s -o %t/zstd.o
// RUN: %gxx -fPIC -g -gsplit-dwarf -c %s -o %t/split.o
// RUN: %objprelink1 %t/zlib.o -o %t/zlib.new
// RUN: %objprelink1 %t/zstd.o -o %t/zstd.new
// RUN: %objprelink1 %t/split.o -o %t/split.new
// RUN: %changed %t/zlib.o %t/zlib.new | FileCheck %s
// RUN: %changed %t/zstd.o %t/zstd.new | FileCheck %s
// RUN: %changed %t/split.o %t/split.new | FileCheck %s
// RUN: llvm-readelf -SW %t/zlib.new | FileCheck %s --check-prefix=FLAGS
// RUN: llvm-symbolizer --obj=%t/zlib.new 0 | FileCheck %s --check-prefix=LINE
// RUN: llvm-dwarfdump --verify %t/zstd.new

// CHECK-NOT: debug
// CHECK:     .rela.data.rel.ro{{.*}} contents
// CHECK-NOT: debug
// CHECK:     added 4 sections

// FLAGS: .debug_info {{.*}} C 0 0 8
// LINE:  debug-sections.cpp:[[# @LINE + 6]]

struct A {
  virtual void f();
  virtual void g();
};
void A::f() {}
