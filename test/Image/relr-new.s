## hazard L71
## Slots that are RELATIVE now go into the DT_RELR that the image has, and what
## was RELATIVE in DT_RELA stays there. The table grows, and so it moves.

# RUN: %mc64 %s -o %t.o && %lld -shared --pack-dyn-relocs=relr %t.o -o %t.so
# RUN: llvm-readelf -rW %t.so | FileCheck %s --check-prefix=BEFORE
# RUN: %objprelink1 %t.so -o %t.new && llvm-readelf -rW %t.new | FileCheck %s
# RUN: %objprelink1 --verify %t.so %t.new
# RUN: %objprelink1 --undo %t.new -o %t.back && cmp %t.so %t.back
# RUN: %objprelink-report --format=json %t.so | python3 -c "import json, sys; t = json.load(sys.stdin)['reports'][0]['tables']; \
# RUN:   relay = [r for r in t['what_if'] if r['scenario'] == 'relay'][0]; \
# RUN:   made = [r for r in t['rewrites'] if r['command'] == 'objprelink1'][0]; \
# RUN:   assert relay['table_bytes'] == made['table_bytes'], (relay, made)"

# BEFORE: '.rela.dyn' {{.*}} contains 7 entries
# BEFORE: '.relr.dyn' {{.*}} contains 2 entries
# CHECK:      '.rela.dyn' {{.*}} contains 4 entries
# CHECK:      [[#%.16x,]] {{.*}} R_X86_64_RELATIVE
# CHECK-NOT:  R_X86_64_RELATIVE
# CHECK-COUNT-2: R_X86_64_GLOB_DAT {{.*}} {{f|g}} + 0
# CHECK:      '.relr.dyn' {{.*}} contains 7 entries

  .section .data.rel.ro,"aw"
  .p2align 3
  .globl _ZTV1A
  .type _ZTV1A, @object
_ZTV1A:
  .quad 0, _ZTI1A, f, f, f, g, g
  .size _ZTV1A, . - _ZTV1A
  .quad here, here
  .data
  .byte 0
  .quad here
here:
  .type f, @function
  .type g, @function
  .text
  .globl a_function_with_a_name, b_function_with_a_name, c_function_with_a_name
a_function_with_a_name:
b_function_with_a_name:
c_function_with_a_name:
  ret
