# The functions that images of tests need, so that these may be bound late.
.macro functions names:vararg
  .irp name, \names
    .globl \name
    .type \name, @function
    \name:
  .endr
.endm
functions a, b, c, d, e, f, g, h, i, j, once, twice, got, plt, first, second
functions _ZN4Base1fEv, _ZN4Base1gEv, _ZN5Shape4edgeEd
functions _ZN4BaseD0Ev, _ZN4BaseD1Ev, _ZN4BaseD2Ev
  ret
