  .section .data.rel.ro,"aw"
  .p2align 3
  .globl _ZTV1A
  .type _ZTV1A, @object
_ZTV1A:
  .quad 0, 0, f, f
  .size _ZTV1A, . - _ZTV1A
  .type f, @function
