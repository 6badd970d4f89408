//===- CommandLine.h - arguments to a Config --------------------*- C++ -*-===//

#ifndef OBJPRELINK_TOOLS_OBJPRELINK_COMMANDLINE_H
#define OBJPRELINK_TOOLS_OBJPRELINK_COMMANDLINE_H

#include "Support/Config.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <vector>

namespace objprelink {

struct CommandLine {
  enum class Action { Run, Verify, Help, Version };
  Action action = Action::Run;
  Config config;
  std::vector<std::string> files;
};

/// Parses argv. Errors are usage errors.
llvm::Expected<CommandLine> parseCommandLine(int argc, char **argv);

void printHelp(llvm::StringRef program);

} // namespace objprelink

#endif
