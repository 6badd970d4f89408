# Text relocations are traced to their section, function and source file.

# RUN: %mc64 %s -o %t.o && %lld -shared -z notext %t.o -o %t.so
# RUN: %objprelink-report %t.so | FileCheck %s

# CHECK:      text relocations yes
# CHECK:      Text relocations
# CHECK-NEXT: section in of count
# CHECK-NEXT: .text Shape::draw() - 1
# CHECK-NEXT: .text helper shape.cpp 2

  .file "shape.cpp"
  .text
  .globl _ZN5Shape4drawEv
  .type _ZN5Shape4drawEv, @function
_ZN5Shape4drawEv:
  movabsq $symbol, %rax
  ret
  .size _ZN5Shape4drawEv, .-_ZN5Shape4drawEv
  .type helper, @function
helper:
  movabsq $symbol, %rax
  movabsq $other, %rax
  ret
  .size helper, .-helper
