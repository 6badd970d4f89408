# hazard O01
# From 65,280 sections on, counts and section indices do not fit their fields
# (SHN_LORESERVE): objects on either side of the limit, and those that the
# stub's own sections (two) push over it, keep all indices right.

# DEFINE: %{mc} = %mc64
# DEFINE: %{count} =
# DEFINE: %{check} = %{mc} --defsym COUNT=%{count} %s -o %t.o && \
# DEFINE:   %objprelink1 %t.o -o %t.new.o && \
# DEFINE:   %changed %t.o %t.new.o | FileCheck %s --check-prefix=CHANGED && \
# DEFINE:   llvm-readobj --symbols %t.new.o | FileCheck %s && \
# DEFINE:   %lld -shared %t.new.o -o %t.so && llvm-objdump -d %t.so \
# DEFINE:     --disassemble-symbols=.L_ZN1A1fEv.relay | FileCheck %s --check-prefix=STUB && \
# DEFINE:   cp -p %t.new.o %t.again.o && \
# DEFINE:   %objprelink1 %t.again.o && cmp %t.new.o %t.again.o
# REDEFINE: %{count} = 65276
# RUN: %{check}
# REDEFINE: %{count} = 65277
# RUN: %{check}
# REDEFINE: %{count} = 65278
# RUN: %{check}
# REDEFINE: %{count} = 65279
# RUN: %{check}
# REDEFINE: %{count} = 65280
# RUN: %{check}
# REDEFINE: %{count} = 65281
# RUN: %{check}
# REDEFINE: %{count} = 70000
# RUN: %{check}
# REDEFINE: %{mc} = %mc32
# RUN: %{check}

# CHANGED-NOT: header
# CHANGED:     .rel{{a?}}.data.rel.ro contents
# CHANGED-NOT: header
# CHANGED:     added {{4|5}} sections

# CHECK:     Name: _ZTV1A
# CHECK:     Section: .data.rel.ro (
# CHECK:     Name: .L_ZN1A1fEv.relay
# CHECK:     Section: .objprelink.text (

# STUB: {{jmp|ret}}

  .section .data.rel.ro,"aw"
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .dc.a 0, _ZTI1A, _ZN1A1fEv
  .size _ZTV1A, .-_ZTV1A

  # Six sections are there without these.
  .rept COUNT - 6
  .section filler,"a",@progbits,unique,\+
  .endr
