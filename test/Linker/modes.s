# hazard L01
# The mode is --objprelink's, else OBJPRELINK's, else lazy entries, which a
# BIND_NOW output never gets; OBJPRELINK=0 is plain LLD whatever is asked for.

# RUN: %mc64 %s -o %t.o
# RUN: %ld.objprelink -shared %t.o %needed64 -o %t.so --objprelink-report=%t.json
# RUN: FileCheck --check-prefix=LAZY -DLLVM=%llvm-major %s < %t.json
# RUN: llvm-readelf -r -S %t.so | FileCheck --check-prefix=ENTRIES %s
# RUN: %ld.objprelink -shared %t.o %needed64 -o %t.so --objprelink-report=%t.json -z now
# RUN: FileCheck --check-prefix=RELAY %s < %t.json
# RUN: llvm-readelf -d %t.so | FileCheck --check-prefix=NOW %s
# RUN: %ld.objprelink -shared %t.o %needed64 -o %t.so --objprelink-report=%t.json \
# RUN:   --objprelink=relay
# RUN: FileCheck --check-prefix=RELAY %s < %t.json
# RUN: env OBJPRELINK=relay %ld.objprelink -shared %t.o %needed64 -o %t.so \
# RUN:   --objprelink-report=%t.json
# RUN: FileCheck --check-prefix=RELAY %s < %t.json
# RUN: env OBJPRELINK=relay %ld.objprelink -shared %t.o %needed64 -o %t.so \
# RUN:   --objprelink-report=%t.json --objprelink=lazy
# RUN: FileCheck --check-prefix=LAZY -DLLVM=%llvm-major %s < %t.json
# RUN: env OBJPRELINK=0 %ld.objprelink -shared %t.o %needed64 -o %t.so \
# RUN:   --objprelink-report=%t.json --objprelink=lazy
# RUN: FileCheck --check-prefix=OFF %s < %t.json
# RUN: llvm-readelf -S %t.so | FileCheck --check-prefix=PLAIN %s

# LAZY: {"schema":"objprelink-link/1","linker":"objprelink {{.*}} (LLD [[LLVM]].{{.*}})"
# LAZY-SAME: "output":"{{.*}}.so","asked":"{{auto|lazy}}","outcome":"rewritten"
# LAZY-SAME: "vtables":2,"slots":6,"mode":"lazy","redirected":5,"functions":2
# LAZY-SAME: "lazyWords":2
# RELAY: "outcome":"rewritten"
# RELAY-SAME: "mode":"relay","redirected":5,"functions":2,"lazyWords":0
# OFF: "asked":"off","outcome":"off"
# ENTRIES: .note.objprelink
# ENTRIES-NOT: .plt.bnd
# ENTRIES: .plt PROGBITS
# ENTRIES-NOT: .got.objprelink
# ENTRIES: .got.plt PROGBITS
# ENTRIES-COUNT-2: R_X86_64_JUMP_SLOT {{.*}} {{[fg]}}
# NOW: BIND_NOW
# PLAIN-NOT: objprelink

  .section .data.rel.ro,"aw"
  .globl _ZTV1A, _ZTV1B
  .type _ZTV1A, @object
  .type _ZTV1B, @object
_ZTV1A:
  .quad 0, 0, f, g, f
  .size _ZTV1A, . - _ZTV1A
_ZTV1B:
  .quad 0, _ZTI1B, g, f
  .size _ZTV1B, . - _ZTV1B
  .type f, @function
  .type g, @function
  .data
  .quad .data
  # A PLT, so that the dynamic table has DT_JMPREL.
  .text
  call h@PLT
