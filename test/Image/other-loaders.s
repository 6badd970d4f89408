# hazard L06
# Nothing in a rewrite is glibc's: images for FreeBSD's, Android's and uClibc's
# loaders get the same words and relocations, which all of them bind, if not
# lazily. Android's packed tables are refused, and DT_RELR where no glibc is
# needed. Those loaders do not run here.

# RUN: rm -rf %t && split-file %s %t && cd %t && %mc64 a.s -o a.o
# RUN: llvm-mc -filetype=obj -triple=x86_64-unknown-freebsd a.s -o freebsd.o
# RUN: llvm-mc -filetype=obj -triple=x86_64-unknown-freebsd f.s -o f.o && %lld -shared f.o %needed64 -o f.so
# RUN: %lld -shared a.o %needed64 -o gnu && %lld -shared freebsd.o %needed64 -o freebsd
# RUN: %lld -pie --build-id=sha1 --hash-style=both a.o f.so -o bionic --dynamic-linker=/system/bin/linker64
# RUN: %lld -pie --build-id=sha1 --hash-style=both a.o f.so -o uclibc --dynamic-linker=/lib/ld64-uClibc.so.0
# RUN: %lld -shared a.o %needed64 -o packed --pack-dyn-relocs=android
# RUN: bash try %objprelink1 2>&1 | FileCheck %s --check-prefix=RELAY
# RUN: bash try %objprelink2 2>&1 | FileCheck %s --check-prefix=LAZY
# RUN: llvm-readelf -h freebsd | FileCheck %s --check-prefix=FREEBSD
# RUN: %status %objprelink2 packed -o out 2>&1 | FileCheck %s --check-prefix=PACKED
# RUN: %status %objprelink2 --pack-relative-relocs bionic -o out 2>&1 | FileCheck %s --check-prefix=RELR
# RUN: not ls out

# RELAY: 2 R_X86_64_GLOB_DAT 1 R_X86_64_JUMP_SLOT 5 R_X86_64_RELATIVE
# LAZY:  3 R_X86_64_JUMP_SLOT 5 R_X86_64_RELATIVE
# FREEBSD:   OS/ABI: UNIX - FreeBSD
# PACKED:    error: packed: DT_ANDROID_RELA is not supported
# PACKED:    status 1
# RELR:      relative relocations cannot be packed: no version of libc.so.6 is needed
# RELR:      status 1

#--- try
set -e
for image in gnu freebsd bionic uclibc; do
  $1 $image -o new
  $1 --verify $image new
  llvm-readelf -r new | grep -o 'R_X86_64_[A-Z0-9_]*' | sort | uniq -c >found
  [ $image = gnu ] && mv found expected || diff expected found
  rm new
done
echo $(cat expected)
#--- f.s
  .globl f, g, plt
  .type f,@function
  .type g,@function
  .type plt,@function
f:
g:
plt:
  ret
#--- a.s
  .section .data.rel.ro,"aw"
  .p2align 3
  .globl _ZTV1A
  .type _ZTV1A,@object
_ZTV1A:
  .quad 0, 0, f, g, f, g
  .size _ZTV1A, .-_ZTV1A
  .data
  .quad .data
  .text
  .globl _start
_start:
  jmp plt@PLT
