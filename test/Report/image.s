# The report on a library counts its relocations by what they are for, says
# what each one costs, and what a rewrite and other flags would make of it.

# RUN: %mc64 %s -o %t.o && %lld -shared %t.o %needed64 -o %t.so
# RUN: %objprelink-report %t.so | FileCheck %s
# RUN: %objprelink-report --format=csv %t.so | FileCheck %s --check-prefix=CSV
# RUN: %objprelink-report --format=json %t.so | FileCheck %s --check-prefix=JSON
# RUN: %lld -shared -z now %t.o %needed64 -o %t.now.so
# RUN: %objprelink-report %t.now.so | FileCheck %s --check-prefix=NOW

# What it says of a rewrite is what the rewrite does.
# RUN: %objprelink2 %t.so -o %t.new.so
# RUN: %objprelink-report %t.new.so | FileCheck %s --check-prefix=NEW

# CHECK:      {{.*}}.so: shared library
# CHECK:      machine x86-64
# CHECK:      BIND_NOW no
# CHECK:      vtables 1
# CHECK:      look-ups before main 6
# CHECK:      answered by the loader's cache 1
# CHECK:      Relocations
# CHECK-NEXT: for type
# CHECK-NEXT: vtable function R_X86_64_64 3 2 2 1
# CHECK-NEXT: typeinfo R_X86_64_64 1 1 1 1
# CHECK-NEXT: other function R_X86_64_64 1 1 1 1
# CHECK-NEXT: other data R_X86_64_64 1 1 1 1
# CHECK-NEXT: GOT word R_X86_64_GLOB_DAT 1 1 1 1
# CHECK-NEXT: relative R_X86_64_RELATIVE 1 0 0 1
# CHECK-NEXT: PLT word, lazy R_X86_64_JUMP_SLOT 1 1 0 1
# CHECK:      Words of vtables, in lazy mode
# CHECK:      redirected 3 2
# CHECK-NEXT: left alone: data 1 1
# CHECK:      objprelink1 2 1 6
# CHECK-NEXT: objprelink2 3 2 4
# CHECK:      {{^ *}}as it is 6 1 100.0 %
# CHECK:      {{^ *}}relays 6 0 100.0 %
# CHECK:      {{^ *}}lazy vtables 4 0 66.7 %
# CHECK:      lazy vtables (objprelink2, or a link by ld.objprelink) would save 33 % of the look-ups

# CSV: report,cause,type,count,symbols,look_ups,pages
# CSV: .so,vtable function,R_X86_64_64,3,2,2,1
# CSV: .so,"PLT word, lazy",R_X86_64_JUMP_SLOT,1,1,0,1

# JSON:      "schema": "objprelink-report",
# JSON-NEXT: "version": 1,
# JSON:      "bind_now": false,
# JSON:      "look_ups": 6,
# JSON:      "cause": "vtable function",
# JSON-NEXT: "type": "R_X86_64_64",
# JSON-NEXT: "count": 3,

# NOW: BIND_NOW yes
# NOW: look-ups before main 7
# NOW: PLT word, eager R_X86_64_JUMP_SLOT 1 1 1 1
# NOW: {{^ *}}without -z now 6

# NEW: look-ups before main 4
# NEW: rewritten by objprelink yes
# NEW-NOT: vtable function

  .section .data.rel.ro,"aw"
  .globl _ZTV1A
  .type _ZTV1A, @object
  .size _ZTV1A, 40
_ZTV1A:
  .quad 0, _ZTI1A, first, first, second
  .quad callback, variable, local
  .type callback, @function
  .type first, @function
  .type second, @function
local:
  .quad 0
  .text
  callq function@PLT
  movq got@GOTPCREL(%rip), %rax
