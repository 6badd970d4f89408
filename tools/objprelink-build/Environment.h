//===- Environment.h - what leads links to ld.objprelink --------*- C++ -*-===//

#ifndef OBJPRELINK_TOOLS_OBJPRELINK_BUILD_ENVIRONMENT_H
#define OBJPRELINK_TOOLS_OBJPRELINK_BUILD_ENVIRONMENT_H

#include "CommandLine.h"
#include "Workspace.h"

namespace objprelink {

/// Where the links of a run are written down.
struct Logs {
  std::string links;  ///< Those that found ld.objprelink by themselves...
  uint64_t start = 0; ///< ... from here on.
  std::string caught; ///< Those that the preloaded library caught.
  /// Files that are to have all lines in the end: one of the user's, and one
  /// of another objprelink-build around this one.
  bool keepCaught = false;
  std::string outer;
};

/// Sets this process's environment so that the links of programs started from
/// now on are ld.objprelink's.
llvm::Expected<Logs> prepareEnvironment(const BuildConfig &config,
                                        Workspace &workspace);

} // namespace objprelink

#endif
