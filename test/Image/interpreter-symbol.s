# A library that can be run names its interpreter by a symbol: the section keeps
# its index, by which the symbol says where it is, while tables change places.

# REQUIRES: bfd
# RUN: rm -rf %t && mkdir %t && cd %t && %mc64 %s -o a.o && ld.bfd -shared -z lazy a.o %needed64 -o a.so
# RUN: %objprelink2 a.so -o b.so
# RUN: llvm-readelf -SW --dyn-syms a.so > said && llvm-readelf -SW --dyn-syms b.so >> said && FileCheck %s < said

# CHECK:      [[[#%d,INDEX:]]] .interp
# CHECK:      OBJECT GLOBAL DEFAULT {{ *}}[[#INDEX]] interpreter
# CHECK:      [[[#INDEX]]] .interp
# CHECK:      OBJECT GLOBAL DEFAULT {{ *}}[[#INDEX]] interpreter

  .section .interp,"a"
  .globl interpreter
  .type interpreter,@object
interpreter:
  .asciz "/lib64/ld-linux-x86-64.so.2"
  .size interpreter, .-interpreter
  .section .rodata,"a"
  .quad 1
  .section .data.rel.ro,"aw"
  .p2align 3
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .quad 0, 0, f, g, f, g
  .size _ZTV1A, .-_ZTV1A
  .text
  call f@PLT
