# hazard O03
# Where clang lists the symbols whose addresses matter, a symbol that is not
# listed may be folded with its like: the stubs join the list, and the list
# keeps its link to the symbol table and its old entries. A list that another
# tool cut off from the symbol table says nothing any more and stays as it is.

# RUN: %mc64 %s -o %t.64.o && %mc32 %s -o %t.32.o
# RUN: %objprelink1 %t.64.o -o %t.64.new && %objprelink1 %t.32.o -o %t.32.new
# RUN: %changed %t.64.o %t.64.new | FileCheck %s --check-prefix=GREW
# RUN: llvm-readobj --addrsig %t.64.new | FileCheck %s
# RUN: llvm-readobj --addrsig %t.32.new | FileCheck %s
# RUN: %lld -shared --icf=safe --print-icf-sections %t.64.new -o %t.so \
# RUN:   | count 0
# RUN: objcopy %t.64.o %t.lost.o && %objprelink1 %t.lost.o -o %t.lost.new
# RUN: %changed %t.lost.o %t.lost.new | FileCheck %s --check-prefix=LOST
# RUN: llvm-objcopy -R .llvm_addrsig %t.64.o %t.none.o && %objprelink1 %t.none.o
# RUN: llvm-readobj -S %t.none.o | FileCheck %s --check-prefix=NONE

# GREW-NOT: .llvm_addrsig header
# GREW:     .llvm_addrsig grew

# CHECK:      Addrsig [
# CHECK-NEXT:   Sym: _ZN1A1fEv ({{[0-9]+}})
# CHECK-NEXT:   Sym: .L_ZN1A1fEv.relay ({{[0-9]+}})
# CHECK-NEXT:   Sym: .L_ZN1A1gEv.relay ({{[0-9]+}})
# CHECK-NEXT: ]

# LOST-NOT: addrsig
# LOST:     .rela.data.rel.ro contents
# LOST-NOT: addrsig

# NONE:     Name: .objprelink.text
# NONE-NOT: addrsig

  .section .data.rel.ro,"aw"
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, _ZTI1A, _ZN1A1fEv, _ZN1A1gEv
  .size _ZTV1A, .-_ZTV1A
  .addrsig
  .addrsig_sym _ZN1A1fEv
