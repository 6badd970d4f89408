# hazard V09
# The address of a function elsewhere (a member pointer, a table in C, a call,
# a word right before or after the vtable) is the function's own and stays.

# RUN: %mc64 %s -o %t.64.o && %mc32 %s -o %t.32.o
# RUN: %objprelink2 -v %t.64.o | FileCheck %s --check-prefix=SAID
# RUN: %objprelink2 -v %t.32.o | FileCheck %s --check-prefix=SAID
# RUN: llvm-readelf -rW %t.64.o | FileCheck %s -DSTUB=lazy
# RUN: llvm-readelf -rW %t.32.o | FileCheck %s -DSTUB=relay

# SAID: 1 vtables: 1 slots redirected to 1 stubs, 1 words left alone

# CHECK:      Relocation section '.rel{{a?}}.text'
# CHECK:      _ZN1A1fEv{{( |$)}}
# CHECK:      Relocation section '.rel{{a?}}.data.rel.ro'
# CHECK:      _ZN1A1fEv{{( |$)}}
# CHECK-NEXT: _ZTI1A
# CHECK-NEXT: _ZN1A1fEv.[[STUB]]
# CHECK-NEXT: _ZN1A1fEv{{( |$)}}
# CHECK:      Relocation section '.rel{{a?}}.data'
# CHECK:      _ZN1A1fEv{{( |$)}}

  call _ZN1A1fEv

  .section .data.rel.ro,"aw"
  .globl _ZTV1A
  .type _ZTV1A,@object
  .dc.a _ZN1A1fEv
_ZTV1A:
  .dc.a 0, _ZTI1A, _ZN1A1fEv
  .size _ZTV1A, .-_ZTV1A
  .dc.a _ZN1A1fEv

  .data
  .dc.a _ZN1A1fEv
