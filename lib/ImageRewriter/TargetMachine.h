//===- TargetMachine.h - a target as the engine sees it ---------*- C++ -*-===//

#ifndef OBJPRELINK_IMAGEREWRITER_TARGETMACHINE_H
#define OBJPRELINK_IMAGEREWRITER_TARGETMACHINE_H

#include "ImageEdit/MachineCode.h"
#include "Target/Target.h"

namespace objprelink {

/// What the engine has to know of \p target. Refers to it.
MachineCode machineCodeOf(const Target &target);

} // namespace objprelink

#endif
