## hazard V01 V02 V03 V06 V07 V08 V24
## Only what a look-up decides, and nothing but a call follows, may lead to a
## stub: data, weak undefined symbols (the program may ask whether they are
## there), indirect functions, addends and words outside of vtables stay, and so do
## functions of the image itself, which a later library may have too. -v says so of
## each word of a vtable.

# RUN: %mc64 %s -o %t.o && %lld -shared %t.o %needed64 -o %t.so
# RUN: %objprelink2 -v %t.so -o %t.out | FileCheck %s
# RUN: llvm-readelf -rW %t.out | FileCheck %s --check-prefix=RELOCATIONS
# RUN: %objprelink2 -n -v --slots=undefined %t.so | FileCheck %s --check-prefix=UNDEFINED

# CHECK:      vtable for A+0x8: typeinfo for A: left alone: data
# CHECK-NEXT: vtable for A+0x10: f: -> a new lazy entry
# CHECK-NEXT: vtable for A+0x18: weak: left alone: weak undefined: the program may ask whether it is there
# CHECK-NEXT: vtable for A+0x20: ifunc: left alone: an indirect function
# CHECK-NEXT: vtable for A+0x28: f: left alone: an addend
# CHECK-NEXT: vtable for A+0x30: data: left alone: data
# CHECK-NEXT: vtable for A+0x38: here: left alone: defined here, or no needed library is known to have it
# CHECK-NEXT: vtable for A+0x40: VTT for A: left alone: data
# CHECK-NEXT: 1 vtables: 1 slots redirected for 1 functions, 7 words left alone
# CHECK-NEXT: {{^}}security: {{.*}}.so: 1 word that calls go through stays writable after loading

# UNDEFINED: here: left alone: defined here (--slots=all)

# RELOCATIONS-DAG: R_X86_64_64 {{.*}} _ZTI1A + 0
# RELOCATIONS-DAG: R_X86_64_64 {{.*}} weak + 0
# RELOCATIONS-DAG: R_X86_64_64 {{.*}} ifunc
# RELOCATIONS-DAG: R_X86_64_64 {{.*}} f + 4
# RELOCATIONS-DAG: R_X86_64_64 {{.*}} data + 0
# RELOCATIONS-DAG: R_X86_64_64 {{.*}} _ZTT1A + 0
# RELOCATIONS-DAG: R_X86_64_64 {{.*}} operation + 0
# RELOCATIONS-DAG: R_X86_64_64 {{.*}} here + 0

  .weak weak
  .globl _ZTV1A, here, ifunc, data
  .section .data.rel.ro,"aw"
  .p2align 3
  .type _ZTV1A,@object
_ZTV1A:
  .quad 0, _ZTI1A, f, weak, ifunc, f+4, data, here, _ZTT1A
  .size _ZTV1A, .-_ZTV1A
  .globl operations
  .type operations,@object
operations:
  .quad operation
  .size operations, 8
  .type data,@object
data:
  .quad 1
  .size data, 8
  .data
  .quad .data
  .text
  .type here,@function
here:
  jmp plt@PLT
  .type ifunc,@gnu_indirect_function
ifunc:
  ret
