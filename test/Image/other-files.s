# hazard O13: refused
# Images of other machines and kinds are refused by name, in one line, and no
# output is made; nor of a file that is cut short.

# RUN: rm -rf %t && mkdir %t && cd %t
# RUN: llvm-mc -filetype=obj -triple=aarch64 %s -o a.o && %lld -shared a.o -o aarch64
# RUN: llvm-mc -filetype=obj -triple=riscv64 %s -o a.o && %lld -shared a.o -o riscv
# RUN: llvm-mc -filetype=obj -triple=powerpc64 %s -o a.o && %lld -shared a.o -o msb
# RUN: llvm-mc -filetype=obj -triple=x86_64-linux-gnux32 %s -o a.o && %lld -shared a.o -o x32
# RUN: %mc64 %s -o a.o && %lld -shared a.o -o whole && %lld a.o -e 0 -o exec
# RUN: head -c 50 whole > cut && head -c 600 whole > half
# RUN: bash -c 'for i in aarch64 riscv x32 msb exec cut half; do \
# RUN:   %objprelink2 $i -o out; echo status $?; test ! -e out || exit 1; done' 2>&1 | FileCheck %s

# CHECK:      objprelink2: error: aarch64: machine 183 is not supported
# CHECK-NEXT: status 1
# CHECK-NEXT: objprelink2: error: riscv: machine 243 is not supported
# CHECK-NEXT: status 1
# CHECK-NEXT: objprelink2: error: x32: an x32 ELF file is not supported
# CHECK-NEXT: status 1
# CHECK-NEXT: objprelink2: error: msb: a big-endian ELF file is not supported
# CHECK-NEXT: status 1
# CHECK-NEXT: objprelink2: error: exec: an executable at fixed addresses: its vtables cost the loader nothing
# CHECK-NEXT: status 1
# CHECK-NEXT: objprelink2: error: cut: {{.+}}
# CHECK-NEXT: status 1
# CHECK-NEXT: objprelink2: error: half: {{.*}}end of the file
# CHECK-NEXT: status 1
# CHECK-NOT:  {{.}}

  .data
  .globl _ZTV1A
  .p2align 3
  .type _ZTV1A,%object
_ZTV1A:
  .long 0, 0, 1, 2
  .size _ZTV1A, 16
