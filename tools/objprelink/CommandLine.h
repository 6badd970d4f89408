//===- CommandLine.h - arguments to a Config --------------------*- C++ -*-===//

#ifndef OBJPRELINK_TOOLS_OBJPRELINK_COMMANDLINE_H
#define OBJPRELINK_TOOLS_OBJPRELINK_COMMANDLINE_H

#include "Support/Config.h"
#include "Tool.h"
#include <vector>

namespace objprelink {

struct CommandLine {
  enum class Action { Rewrite, Undo, Verify };
  Action action = Action::Rewrite;
  Config config;
  /// The images among the files get addresses side by side.
  bool isSet = false;
  /// Folders and lists of files of the set, and what may be opened in it.
  std::vector<std::string> sets, plugins;
  /// Where it is recorded what programs were seen to open, if that counts: a
  /// folder, or "recorded".
  std::string pluginsFrom;
  /// Images of a set that have addresses get other ones.
  bool redraws = false;
  std::vector<std::string> files;
  /// Options that do nothing with the others, each with the reason.
  std::vector<std::string> idle;
};

/// Parses argv and has \p act do what it asks for. Returns the exit status.
int runCommandLine(const Tool &tool, int argc, char **argv,
                   llvm::function_ref<int(const CommandLine &)> act);

} // namespace objprelink

#endif
