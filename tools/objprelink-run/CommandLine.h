//===- CommandLine.h - arguments to a Config --------------------*- C++ -*-===//

#ifndef OBJPRELINK_TOOLS_OBJPRELINK_RUN_COMMANDLINE_H
#define OBJPRELINK_TOOLS_OBJPRELINK_RUN_COMMANDLINE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>

namespace objprelink {

struct Config {
  std::string mode;   ///< Of OBJPRELINK; empty: what the environment says.
  std::string log;    ///< Empty: a temporary one.
  std::string linker; ///< Empty: the one beside this program.
  bool preload = true;
  bool quiet = false;
  bool verbose = false;
};

struct CommandLine {
  enum class Action { Run, Help, Version };
  Action action = Action::Run;
  Config config;
  char **command = nullptr; ///< The rest of argv.
};

/// Parses argv. Errors are usage errors.
llvm::Expected<CommandLine> parseCommandLine(int argc, char **argv);

void printHelp(llvm::StringRef program);

} // namespace objprelink

#endif
