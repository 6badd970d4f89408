# hazard V03
# Construction vtables (_ZTC) hold slots like any other; a VTT (_ZTT) holds
# addresses of vtables and is never touched.

# RUN: %mc64 %s -o %t.64.o && %mc32 %s -o %t.32.o
# RUN: %objprelink1 -v %t.64.o | FileCheck %s --check-prefix=SAID
# RUN: %objprelink1 -v %t.32.o | FileCheck %s --check-prefix=SAID
# RUN: llvm-readelf -rW %t.64.o | FileCheck %s
# RUN: llvm-readelf -rW %t.32.o | FileCheck %s

# SAID:      construction vtable for A-in-C+{{.*}}: typeinfo for A: left alone: data, not a function
# SAID-NEXT: construction vtable for A-in-C+{{.*}}: A::f(): -> .L_ZN1A1fEv.relay
# SAID-NEXT: 1 vtables: 1 slots redirected to 1 stubs, 1 words left alone
# SAID-NOT:  VTT

# CHECK:      Relocation section '.rel{{a?}}.data.rel.ro'
# CHECK:      {{R_X86_64_64|R_386_32}} {{.*}} _ZTI1A
# CHECK-NEXT: {{R_X86_64_64|R_386_32}} {{.*}} .L_ZN1A1fEv.relay
# CHECK-NEXT: {{R_X86_64_64|R_386_32}} {{.*}} _ZTV1C
# CHECK-NEXT: {{R_X86_64_64|R_386_32}} {{.*}} _ZN1A1fEv{{( |$)}}

  .section .data.rel.ro,"aw"
  .globl _ZTC1C0_1A
  .type _ZTC1C0_1A,@object
_ZTC1C0_1A:
  .dc.a 0, _ZTI1A, _ZN1A1fEv
  .size _ZTC1C0_1A, .-_ZTC1C0_1A

  .globl _ZTT1C
  .type _ZTT1C,@object
_ZTT1C:
  .dc.a 0, _ZTV1C, _ZN1A1fEv
  .size _ZTT1C, .-_ZTT1C
