## hazard V13 V15 V23 V25 V26: refused
## An image of instrumented code is left alone if it has slots to redirect. It is
## known by sections, by symbols, and in a stripped one by bytes that only such
## code has. What has similar marks for other reasons is rewritten.

# DEFINE: %{mark} =
# DEFINE: %{said} =
# DEFINE: %{check} = %mc64 --defsym %{mark}=1 %s -o %t.o && \
# DEFINE:   %lld -shared %t.o -o %t.so && %objprelink1 -n %t.so | \
# DEFINE:   FileCheck %s --check-prefix=%{said}
# DEFINE: %{stripped} = %lld -shared -s %t.o -o %t.so && \
# DEFINE:   %objprelink1 -n %t.so | FileCheck %s --check-prefix=%{said}
# DEFINE: %{no-sections} = llvm-objcopy --strip-sections %t.so && \
# DEFINE:   %objprelink1 -n %t.so | FileCheck %s --check-prefix=%{said}

# REDEFINE: %{said} = GOOD
# REDEFINE: %{mark} = NONE
# RUN: %{check}
# REDEFINE: %{mark} = CFI
# RUN: %{check}
# REDEFINE: %{mark} = LINKED
# RUN: %{check}
# REDEFINE: %{mark} = RUNTIME
# RUN: %{check}
# GOOD: {{[12]}} slots redirected

# REDEFINE: %{mark} = TRAPS
# REDEFINE: %{said} = TRAPS
# RUN: %{check} && %{stripped}
# TRAPS: left alone: compiled with -fsanitize=kcfi, which would trap at a stub (section .kcfi_traps)
# REDEFINE: %{said} = HASHES
# RUN: %{no-sections}
# HASHES: left alone: compiled with -fsanitize=kcfi, {{.*}} (checks of a hash in its code)
# REDEFINE: %{mark} = TYPES
# REDEFINE: %{said} = TYPES
# RUN: %{check}
# TYPES: left alone: compiled with -fsanitize=kcfi, {{.*}} (symbol __cfi_g)
# REDEFINE: %{mark} = VTV
# REDEFINE: %{said} = VTV
# RUN: %{check} && %{stripped}
# VTV: left alone: compiled with -fvtable-verify, {{.*}} (section .vtable_map_vars)
# REDEFINE: %{mark} = RETPOLINE
# REDEFINE: %{said} = RETPOLINE
# RUN: %{check} && %{stripped} && %{no-sections}
# RETPOLINE: left alone: compiled with retpolines, {{.*}} (pause; lfence in its code)
# REDEFINE: %{mark} = BOLT
# REDEFINE: %{said} = BOLT
# RUN: %{check} && %{stripped}
# BOLT: left alone: instrumented by BOLT, {{.*}} (section .bolt.instr.counters)
# REDEFINE: %{mark} = CONTEXT
# REDEFINE: %{said} = CONTEXT
# RUN: %{check}
# CONTEXT: left alone: made to write a contextual profile, {{.*}} (symbol __llvm_ctx_profile_expected_callee)
# REDEFINE: %{mark} = GCDA
# REDEFINE: %{said} = GOOD
# RUN: %{check}
# REDEFINE: %{said} = GCDA
# RUN: %{stripped} && %{no-sections}
# GCDA: left alone: made to write a profile {{.*}} (the path of a .gcda file in its data)
# REDEFINE: %{mark} = COVERED
# REDEFINE: %{said} = COVERED
# RUN: %{check} && %{stripped}
# COVERED: left alone: compiled with -fsanitize-coverage=indirect-calls, {{.*}} (symbol __sanitizer_cov_trace_pc_indir)

  .section .data.rel.ro,"aw"
  .p2align 3
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .quad 0, 0, f, f
  .size _ZTV1A, .-_ZTV1A
  .text
  mov f@GOTPCREL(%rip), %rax
  .ifdef CFI
  .globl __cfi_check
__cfi_check: ret
  .endif
  .ifdef LINKED
  .section __llvm_prf_cnts,"aw"
  .section __llvm_prf_vnds,"aw"
  .quad 0
  .endif
  .ifdef COVERED
  .section __sancov_guards,"aw"
  .quad 0
  .equ RUNTIME, 1
  .endif
  .ifdef RUNTIME
  .text
  .globl __sanitizer_cov_trace_pc_indir
__sanitizer_cov_trace_pc_indir: ret
  .endif
  .ifdef TRAPS
  addl -4(%rax), %r10d
  je 1f
0: ud2
1: call *%rax
  .section .kcfi_traps,"ao",@progbits,.text
  .long 0b-.
  .endif
  .ifdef TYPES
__cfi_g: nop
  .endif
  .ifdef VTV
  .section .vtable_map_vars,"aw"
  .quad 0
  .endif
  .ifdef RETPOLINE
1: pause
  lfence
  jmp 1b
  .endif
  .ifdef BOLT
  .section .bolt.instr.counters,"aw"
  .quad 0
  .endif
  .ifdef CONTEXT
  .section .tbss,"awT",@nobits
__llvm_ctx_profile_expected_callee: .zero 8
  .endif
  .ifdef GCDA
  .section .rodata
  .asciz "/home/a.gcda"
  .endif
