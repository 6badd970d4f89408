# hazard O11
# With --stub-unwind-tables each stub has call frame information, in a group
# apart from the stub, right at each of its instructions: a backtrace out of a signal handler
# goes on past it. On i386 the stub moves the stack pointer, and the
# information follows.

# RUN: %mc64 %s -o %t.64.o && %objprelink1 --stub-unwind-tables %t.64.o
# RUN: %mc32 %s -o %t.keep.o && %objprelink1 --stub-unwind-tables %t.keep.o
# RUN: %mc32 %s -o %t.eax.o && \
# RUN:   %objprelink1 --stub-unwind-tables --i386-scratch=eax %t.eax.o
# RUN: %lld -shared --eh-frame-hdr %t.64.o -o %t.64
# RUN: %lld -shared --eh-frame-hdr %t.keep.o -o %t.keep
# RUN: %lld -shared --eh-frame-hdr %t.eax.o -o %t.eax
# RUN: llvm-dwarfdump --eh-frame %t.64.o | FileCheck %s --check-prefix=OBJECT
# RUN: llvm-readelf -rgW %t.64.o | FileCheck %s --check-prefix=OBJECT-REL
# RUN: llvm-readelf -rgW %t.keep.o | FileCheck %s --check-prefix=OBJECT-REL
# RUN: llvm-nm %t.64 > %t.txt && readelf -wF %t.64 >> %t.txt
# RUN: FileCheck %s --check-prefix=X86-64 --input-file=%t.txt
# RUN: readelf -wF %t.keep | FileCheck %s --check-prefix=KEEP
# RUN: readelf -wF %t.eax | FileCheck %s --check-prefix=EAX

# OBJECT: CIE
# OBJECT: FDE cie=00000000 pc=00000000...00000006
# OBJECT-REL: Relocation section '.rel{{a?}}.eh_frame' {{.*}} 1 entries:
# OBJECT-REL: {{0+}}20 {{.*}} R_{{X86_64|386}}_PC32 {{.*}} .L_ZN1A1fEv.relay{{$| \+ 0}}
# OBJECT-REL: `.group' [.L_ZN1A1fEv.relay] contains 2 sections:

# X86-64:      [[#%.16x,STUB:]] t .L_ZN1A1fEv.relay
# X86-64:      CIE
# X86-64-NEXT: LOC CFA ra
# X86-64-NEXT: rsp+8 c-8
# X86-64:      FDE cie=00000000 pc=[[#%.16x,STUB]]..[[#%.16x,STUB + 6]]

# KEEP:      FDE
# KEEP-NEXT: LOC CFA ra
# KEEP-NEXT: [[#%.8x,AT:]] esp+4 c-4
# KEEP-NEXT: [[#%.8x,AT + 1]] esp+8 c-4
# KEEP-NEXT: [[#%.8x,AT + 2]] esp+12 c-4
# KEEP-NEXT: [[#%.8x,AT + 8]] esp+16 c-4
# KEEP-NEXT: [[#%.8x,AT + 9]] esp+12 c-4
# KEEP-NEXT: [[#%.8x,AT + 25]] esp+8 c-4

# EAX:      FDE
# EAX-NEXT: LOC CFA ra
# EAX-NEXT: [[#%.8x,AT:]] esp+4 c-4
# EAX-NEXT: [[#%.8x,AT + 5]] esp+8 c-4
# EAX-NEXT: [[#%.8x,AT + 6]] esp+4 c-4

  .section .data.rel.ro,"aw"
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, _ZTI1A, _ZN1A1fEv
  .size _ZTV1A, .-_ZTV1A
