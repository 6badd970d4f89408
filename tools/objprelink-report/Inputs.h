//===- Inputs.h - the reports on what the command line names ----*- C++ -*-===//

#ifndef OBJPRELINK_TOOLS_OBJPRELINK_REPORT_INPUTS_H
#define OBJPRELINK_TOOLS_OBJPRELINK_REPORT_INPUTS_H

#include "CommandLine.h"

namespace objprelink {

struct Inputs {
  /// For each argument: one report for a file or a program, those in a file of
  /// JSON, those on the images in a folder.
  std::vector<std::vector<Document>> reports;
};

/// Reports on each argument, in parallel. What cannot be reported on is an
/// error beside the reports on the others.
llvm::Error readInputs(const CommandLine &commandLine, Inputs &out);

} // namespace objprelink

#endif
