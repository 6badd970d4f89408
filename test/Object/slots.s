# hazard V10
# Functions that the object itself defines are taken with --slots=all only: a
# compiler that guesses the callee compares the slot with such a function.

# RUN: %mc64 %s -o %t.64.o && cp %t.64.o %t.all64.o
# RUN: %mc32 %s -o %t.32.o && cp %t.32.o %t.all32.o
# RUN: %objprelink1 -v %t.64.o --slots=undefined | FileCheck %s --check-prefix=SOME
# RUN: %objprelink1 -v %t.32.o | FileCheck %s --check-prefix=SOME
# RUN: %objprelink1 -v %t.all64.o --slots=all | FileCheck %s --check-prefix=ALL
# RUN: %objprelink1 -v %t.all32.o --slots=all | FileCheck %s --check-prefix=ALL
# RUN: llvm-readelf -rsW %t.64.o | FileCheck %s --check-prefix=SOMESYM
# RUN: llvm-readelf -rsW %t.32.o | FileCheck %s --check-prefix=SOMESYM
# RUN: llvm-readelf -rsW %t.all64.o | FileCheck %s --check-prefix=ALLSYM
# RUN: llvm-readelf -rsW %t.all32.o | FileCheck %s --check-prefix=ALLSYM

# SOME:      A::f(): -> .L_ZN1A1fEv.relay
# SOME-NEXT: A::g(): left alone: defined in this object (--slots=all takes it)
# SOME-NEXT: A::h(): left alone: defined in this object (--slots=all takes it)
# SOME-NEXT: 1 vtables: 1 slots redirected to 1 stubs, 3 words left alone

# ALL:       A::f(): -> .L_ZN1A1fEv.relay
# ALL-NEXT:  A::g(): -> .L_ZN1A1gEv.relay
# ALL-NEXT:  A::h(): -> .L_ZN1A1hEv.relay
# ALL-NEXT:  1 vtables: 3 slots redirected to 3 stubs, 1 words left alone

# SOMESYM:      {{R_X86_64_64|R_386_32}} {{.*}} .L_ZN1A1fEv.relay
# SOMESYM-NEXT: {{R_X86_64_64|R_386_32}} {{.*}} _ZN1A1gEv{{( |$)}}
# SOMESYM-NEXT: {{R_X86_64_64|R_386_32}} {{.*}} _ZN1A1hEv{{( |$)}}
# SOMESYM-NOT: {{_ZN1A1[gh]Ev.relay}}

# ALLSYM:      {{R_X86_64_64|R_386_32}} {{.*}} .L_ZN1A1fEv.relay
# ALLSYM-NEXT: {{R_X86_64_64|R_386_32}} {{.*}} .L_ZN1A1gEv.relay
# ALLSYM-NEXT: {{R_X86_64_64|R_386_32}} {{.*}} .L_ZN1A1hEv.relay

  .globl _ZN1A1gEv
  .weak _ZN1A1hEv
  .type _ZN1A1gEv,@function
  .type _ZN1A1hEv,@function
_ZN1A1gEv: ret
_ZN1A1hEv: ret

  .section .data.rel.ro,"aw"
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, _ZTI1A, _ZN1A1fEv, _ZN1A1gEv, _ZN1A1hEv
  .size _ZTV1A, .-_ZTV1A
