//===- Hardening.h - what new code could not keep ---------------*- C++ -*-===//
//
// Code that is compiled with retpolines (-mretpoline, -mindirect-branch=thunk)
// or for LVI (-mlvi-cfi) has no indirect jump that a processor may speculate
// past; a new entry would be such a jump. VTable/Instrumentation.h knows this
// code by names. A stripped file has no names, so the code itself is looked at
// here.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_IMAGEREWRITER_HARDENING_H
#define OBJPRELINK_IMAGEREWRITER_HARDENING_H

#include "ELF/Image.h"

namespace objprelink {

/// What hardening \p image has that an indirect jump in new code would not, and
/// where, as a reason to leave it alone; empty where there is none.
std::string findHardenedJumps(const Image &image);

} // namespace objprelink

#endif
