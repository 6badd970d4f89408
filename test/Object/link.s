# hazard O05 O11 L13
# Objects with slots of one function link to one stub with one FDE, whichever
# the linker, without a word about discarded sections or overlapping FDEs,
# though a vtable's own COMDAT group is dropped from the second object. mold
# keeps an FDE of the second stub, which is equal to the first.

# DEFINE: %{tool} = %objprelink1 --stub-unwind-tables
# DEFINE: %{assemble} = %mc64
# DEFINE: %{ld} =
# DEFINE: %{prefixes} = CHECK,ONE
# DEFINE: %{link} = %{ld} -shared --eh-frame-hdr %t.a.o %t.b.o \
# DEFINE:   -o %t.so 2>&1 | count 0 && llvm-readelf -rsW %t.so > %t.txt && \
# DEFINE:   readelf -wF %t.so >> %t.txt 2>&1 && \
# DEFINE:   FileCheck %s --check-prefixes=%{prefixes} --input-file=%t.txt
# DEFINE: %{link-all} = %{assemble} %s -o %t.a.o && \
# DEFINE:   %{assemble} --defsym B=1 %s -o %t.b.o && %{tool} %t.a.o %t.b.o
# RUN: %{link-all}
# REDEFINE: %{ld} = ld.bfd -m elf_x86_64
# RUN: %{link}
# REDEFINE: %{ld} = ld.gold
# RUN: %{link}
# REDEFINE: %{ld} = %lld
# RUN: %{link}
# REDEFINE: %{ld} = mold
# REDEFINE: %{prefixes} = CHECK
# RUN: %{link}
# REDEFINE: %{assemble} = %mc32
# REDEFINE: %{prefixes} = CHECK,ONE
# RUN: %{link-all}
# REDEFINE: %{ld} = ld.bfd -m elf_i386
# RUN: %{link}
# REDEFINE: %{ld} = ld.gold
# RUN: %{link}
# REDEFINE: %{ld} = %lld
# RUN: %{link}
# REDEFINE: %{ld} = mold
# REDEFINE: %{prefixes} = CHECK
# RUN: %{link}

# CHECK:     Relocation section
# CHECK:     GLOB_DAT {{.*}} f
# CHECK-NOT: GLOB_DAT {{.*}} f
# CHECK:     Symbol table '.symtab'
# CHECK:     FUNC LOCAL {{.*}} .Lf.relay
# CHECK-NOT: FUNC LOCAL {{.*}} .Lf.relay
# CHECK:     {{^}}Contents of the .eh_frame section
# CHECK:     FDE
# ONE-NOT:   FDE

  .macro vtable name, slot
  .section .data.rel.ro._ZTV\name,"awG",@progbits,_ZTV\name,comdat
  .weak _ZTV\name
  .type _ZTV\name,@object
_ZTV\name:
  .dc.a 0, 0, \slot
  .size _ZTV\name, .-_ZTV\name
  .endm
  vtable 1A, f
  .ifdef B
  vtable 1B, f
  .endif
