# A table of functions that is no vtable, no table at all, and vtables in which no
# look-up would be saved: the report says which it was.

# RUN: rm -rf %t && split-file %s %t && cd %t
# RUN: %mc64 none.s -o none.o && %mc64 table.s -o table.o
# RUN: %mc64 single.s -o single.o
# RUN: %ld.objprelink -shared none.o -o a.so --objprelink-report=report
# RUN: FileCheck --check-prefix=NONE %s < report
# RUN: %ld.objprelink -shared table.o -o a.so --objprelink-report=report
# RUN: FileCheck --check-prefix=TABLE %s < report
# RUN: %ld.objprelink -shared single.o -o a.so --objprelink-report=report \
# RUN:   --objprelink=relay
# RUN: FileCheck --check-prefix=SINGLE %s < report

# NONE: "outcome":"nothing to do","reason":"no symbolic words"
# TABLE: "outcome":"nothing to do","reason":"no vtables"
# SINGLE: "outcome":"nothing to do","reason":"none of the 1 symbolic slots
# SINGLE-SAME: would save a look-up","vtables":1,"slots":1}

#--- none.s
.data
.quad .data
.quad 1
#--- table.s
.section .data.rel.ro,"aw"
.quad f, g
.type f, @function
.type g, @function
#--- single.s
.section .data.rel.ro,"aw"
.globl _ZTV1A
.type _ZTV1A, @object
_ZTV1A:
.quad 0, 0, f
.size _ZTV1A, . - _ZTV1A
.type f, @function
