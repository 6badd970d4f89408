# hazard L13 O20
# A stub keeps nothing alive by itself: --gc-sections drops it with the vtable
# that needs it, so that a program whose dead vtable names a function that
# nobody defines links as it did before. GNU ld cannot do that with unwind
# tables, which is why these are an option. It is the same after a partial link,
# which must not make one section of several stubs, but for one by mold, which
# makes one of all sections of a name.

# DEFINE: %{ld} =
# DEFINE: %{partial} = %{ld}
# DEFINE: %{gc} = %{ld} --gc-sections %t.exe.o -o %t.exe && llvm-nm %t.exe | \
# DEFINE:   FileCheck %s --implicit-check-not=.Ldead.relay
# DEFINE: %{link} = cp %t.o %t.exe.o && %{gc} && \
# DEFINE:   %{partial} -r %t.o -o %t.exe.o && %{gc}
# RUN: %mc64 %s -o %t.o && cp %t.o %t.plain.o && %objprelink1 -v --slots=all %t.o \
# RUN:   | FileCheck %s --check-prefix=SAID
# REDEFINE: %{ld} = ld.bfd
# RUN: %{link}
# REDEFINE: %{ld} = mold
# REDEFINE: %{partial} = %lld
# RUN: %{link}
# REDEFINE: %{partial} = %{ld}
# RUN: %objprelink1 --stub-unwind-tables --slots=all %t.plain.o -o %t.o
# REDEFINE: %{ld} = ld.gold
# RUN: %{link}
# REDEFINE: %{ld} = %lld
# RUN: %{link}
# REDEFINE: %{ld} = mold
# RUN: cp %t.o %t.exe.o && %{gc}

# SAID: dead: -> .Ldead.relay
# SAID: live: -> .Llive.relay
# CHECK: .Llive.relay

  .section .text.start,"ax"
  .globl _start, live
  .type live,@function
_start: jmp *_ZTV1B(%rip)
live: ret

  .macro vtable name, slot
  .section .data.rel.ro._ZTV\name,"aw"
  .weak _ZTV\name
  .type _ZTV\name,@object
_ZTV\name:
  .dc.a 0, 0, \slot
  .size _ZTV\name, .-_ZTV\name
  .endm
  vtable 1A, dead
  vtable 1B, live
