# hazard O16
# ld -r of rewritten and plain objects keeps the stubs in their groups; its
# output can be rewritten, and what was done before is recognised and shared.

# DEFINE: %{tool} = %objprelink1
# DEFINE: %{ld} =
# DEFINE: %{check} = %{ld} -r %t.a.o %t.b.o -o %t.r.o && \
# DEFINE:   %{tool} -v %t.r.o | FileCheck %s && \
# DEFINE:   llvm-readelf -sW %t.r.o | FileCheck %s --check-prefix=SYMBOLS && \
# DEFINE:   %{tool} -v %t.r.o | FileCheck %s --check-prefix=AGAIN
# DEFINE: %{assemble} = %mc64
# DEFINE: %{make} = %{assemble} %s -o %t.a.o && \
# DEFINE:   %{assemble} --defsym B=1 %s -o %t.b.o && %{tool} %t.a.o
# RUN: %{make}
# REDEFINE: %{ld} = %lld
# RUN: %{check}
# REDEFINE: %{ld} = ld.bfd
# RUN: %{check}
# REDEFINE: %{ld} = ld.gold
# RUN: %{check}
# REDEFINE: %{tool} = %objprelink2
# REDEFINE: %{assemble} = %mc32
# RUN: %{make}
# REDEFINE: %{ld} = %lld
# RUN: %{check}
# REDEFINE: %{ld} = ld.bfd -m elf_i386
# RUN: %{check}

# CHECK:      vtable for A+{{.*}}: .Lf.relay: left alone: points to a stub already
# CHECK:      vtable for B+{{.*}}: f: -> .Lf.relay
# CHECK-NEXT: vtable for B+{{.*}}: g: -> .Lg.relay
# CHECK-NEXT: 2 vtables: 2 slots redirected to 2 stubs, 1 words left alone

# SYMBOLS-DAG: FUNC WEAK HIDDEN [[#]] .Lf.relay
# SYMBOLS-DAG: FUNC WEAK HIDDEN [[#]] .Lg.relay

# AGAIN:      2 vtables: 0 slots redirected to 0 stubs, 3 words left alone

  .data
  .ifdef B
  .globl _ZTV1B
  .type _ZTV1B,@object
_ZTV1B:
  .dc.a 0, 0, f, g
  .size _ZTV1B, .-_ZTV1B
  .else
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, 0, f
  .size _ZTV1A, .-_ZTV1A
  .endif
