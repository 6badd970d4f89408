//===- CommandLine.h - arguments to a BuildConfig ---------------*- C++ -*-===//

#ifndef OBJPRELINK_TOOLS_OBJPRELINK_BUILD_COMMANDLINE_H
#define OBJPRELINK_TOOLS_OBJPRELINK_BUILD_COMMANDLINE_H

#include "Tool.h"
#include <string>

namespace objprelink {

struct BuildConfig {
  std::string mode;   ///< Of OBJPRELINK; empty: what the environment says.
  std::string log;    ///< Empty: a temporary one.
  std::string linker; ///< Empty: the one beside this program.
  /// The linker under ld.objprelink; empty: what the environment says, or LLD.
  std::string underneath;
  bool preload = true;
  bool quiet = false;
  bool verbose = false;
};

struct CommandLine {
  BuildConfig config;
  char **command = nullptr; ///< The rest of argv.
};

/// Parses argv and has \p act do what it asks for. Returns the exit status.
int runCommandLine(const Tool &tool, int argc, char **argv,
                   llvm::function_ref<int(const CommandLine &)> act);

} // namespace objprelink

#endif
