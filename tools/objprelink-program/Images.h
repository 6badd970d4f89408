//===- Images.h - the verbs with --root -------------------------*- C++ -*-===//

#ifndef OBJPRELINK_TOOLS_OBJPRELINK_PROGRAM_IMAGES_H
#define OBJPRELINK_TOOLS_OBJPRELINK_PROGRAM_IMAGES_H

#include "CommandLine.h"

namespace objprelink {

/// Does what is asked for in the root. Returns the exit status.
int runOnImage(const Tool &tool, const CommandLine &commandLine);

} // namespace objprelink

#endif
