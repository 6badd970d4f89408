# hazard V08 O10
# What binds inside the link anyway costs no look-up and keeps its relocation:
# hidden, internal, protected and local functions, defined or not, also where
# the assembler reaches a local one through its section and an addend.

# RUN: %mc64 %s -o %t.64.o && llvm-objcopy -L local %t.64.o
# RUN: %mc32 %s -o %t.32.o && llvm-objcopy -L local %t.32.o
# RUN: %objprelink1 -v --slots=all %t.64.o | FileCheck %s --check-prefix=SAID
# RUN: %objprelink1 -v --slots=all %t.32.o | FileCheck %s --check-prefix=SAID
# RUN: llvm-readelf -rsW %t.64.o | FileCheck %s
# RUN: llvm-readelf -rsW %t.32.o | FileCheck %s

# SAID:      hidden: left alone: a hidden function: it costs no look-up
# SAID-NEXT: hiddenHere: left alone: a hidden function: it costs no look-up
# SAID-NEXT: internal: left alone: a hidden function: it costs no look-up
# SAID-NEXT: protected: left alone: a protected function: it costs no look-up
# SAID-NEXT: local: left alone: a local function: it costs no look-up
# SAID-NEXT: left alone: reached through its section: it binds in this object
# SAID-NEXT: plain: -> .Lplain.relay
# SAID-NEXT: 1 vtables: 1 slots redirected to 1 stubs, 7 words left alone

# CHECK:      _ZTI1A
# CHECK-NEXT: hidden{{( |$)}}
# CHECK-NEXT: hiddenHere{{( |$)}}
# CHECK-NEXT: internal{{( |$)}}
# CHECK-NEXT: protected{{( |$)}}
# CHECK-NEXT: local{{( |$)}}
# CHECK-NEXT: .text{{( |$)}}
# CHECK-NEXT: .Lplain.relay
# CHECK-NOT:  {{(hidden|hiddenHere|internal|protected|local).relay}}

  .hidden hidden
  .internal internal
  .globl hiddenHere, protected, local
  .hidden hiddenHere
  .protected protected
  .irp name, hiddenHere, protected, local
  .type \name,@function
\name: ret
  .endr

  .section .data.rel.ro,"aw"
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, _ZTI1A, hidden, hiddenHere, internal, protected
  .dc.a local, .text+1, plain
  .size _ZTV1A, .-_ZTV1A
