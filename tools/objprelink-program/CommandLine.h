//===- CommandLine.h - arguments to what is asked ---------------*- C++ -*-===//

#ifndef OBJPRELINK_TOOLS_OBJPRELINK_PROGRAM_COMMANDLINE_H
#define OBJPRELINK_TOOLS_OBJPRELINK_PROGRAM_COMMANDLINE_H

#include "Binding/KnownPlugins.h"
#include "Program/Prediction.h"
#include "Tool.h"

namespace objprelink {

/// Exit statuses, as the manual states them; Tool has that of wrong arguments.
enum Status { Done = 0, Failed = 1, OutOfDate = 3 };

struct CommandLine {
  enum class Verb { Plan, Add, List, Check, Refresh, Remove, Run, Undo };
  Verb verb = Verb::List;
  std::vector<std::string> programs;
  /// Of the program that is run.
  std::vector<std::string> arguments;
  /// The root of an image, without symbolic links; empty is this machine.
  std::string root;
  Allowed allowed;
  /// Entries are the user's own.
  bool isUsers = false;
  bool all = false;
  bool json = false;
  bool verbose = false;
  bool quiet = false;
  PluginChoice plugins = PluginChoice::Recorded;
};

/// Parses argv and has \p act do what it asks for. Returns the exit status.
int runCommandLine(const Tool &tool, int argc, char **argv,
                   llvm::function_ref<int(const CommandLine &)> act);

} // namespace objprelink

#endif
