# hazard O05
# With --slots=all a slot's function may itself be in a COMDAT group, of which
# the link keeps one: the stub refers to the function by name, so it leads to
# the one that stays, and no linker speaks of discarded sections.

# DEFINE: %{ld} =
# DEFINE: %{check} = %{ld} -shared %t.a.o %t.b.o -o %t.so 2>&1 | count 0 && \
# DEFINE:   llvm-readelf -rW %t.so | FileCheck %s --check-prefix=LINKED
# RUN: %mc64 --defsym A=1 %s -o %t.a.o && %mc64 %s -o %t.b.o
# RUN: %objprelink1 -v --slots=all %t.a.o %t.b.o | FileCheck %s
# REDEFINE: %{ld} = ld.bfd
# RUN: %{check}
# REDEFINE: %{ld} = ld.gold
# RUN: %{check}
# REDEFINE: %{ld} = %lld
# RUN: %{check}
# REDEFINE: %{ld} = mold
# RUN: %{check}

# CHECK: a.o: vtable for A+0x10: f: -> .Lf.relay
# CHECK: b.o: vtable for B+0x10: f: -> .Lf.relay

# LINKED:     R_X86_64_RELATIVE
# LINKED:     R_X86_64_RELATIVE
# LINKED:     R_X86_64_GLOB_DAT {{.*}} f
# LINKED-NOT: R_X86_64

  .section .text.f,"axG",@progbits,f,comdat
  .weak f
  .type f,@function
f: ret

  .macro vtable name
  .data
  .globl _ZTV\name
  .type _ZTV\name,@object
_ZTV\name:
  .dc.a 0, 0, f
  .size _ZTV\name, .-_ZTV\name
  .endm
  .ifdef A
  vtable 1A
  .else
  vtable 1B
  .endif
