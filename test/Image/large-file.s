## hazard I08
## Offsets have 64 bits: here the section headers are past 4 GiB in a file with a
## hole. What is in no section is not kept for --undo beyond a measure.

# RUN: rm -rf %t && mkdir %t && cd %t && %mc64 %s -o a.o && %lld -shared a.o %needed64 -o a.so
# RUN: python3 -c "import struct; \
# RUN:   b = bytearray(open('a.so', 'rb').read()); at, = struct.unpack_from('<Q', b, 40); \
# RUN:   struct.pack_into('<Q', b, 40, 5 << 30); f = open('a.so', 'wb'); \
# RUN:   f.write(b); f.seek(5 << 30); f.write(b[at:])"
# RUN: not %objprelink1 a.so -o out 2>&1 | FileCheck %s && not ls out
# CHECK: error: a.so: the undo record would hold 536{{[0-9]+}} bytes
# RUN: %objprelink1 --no-undo-record a.so -o out && %objprelink1 --verify a.so out
# RUN: llvm-readelf -S out | grep plt.bnd && rm a.so

  .globl _ZTV1A
  .section .data.rel.ro,"aw"
  .p2align 3
  .type _ZTV1A,@object
_ZTV1A:
  .quad 0, 0, f, g, f, g
  .size _ZTV1A, .-_ZTV1A
