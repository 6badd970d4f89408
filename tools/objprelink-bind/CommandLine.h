//===- CommandLine.h - arguments to what is asked ---------------*- C++ -*-===//

#ifndef OBJPRELINK_TOOLS_OBJPRELINK_BIND_COMMANDLINE_H
#define OBJPRELINK_TOOLS_OBJPRELINK_BIND_COMMANDLINE_H

#include "Binding/Carrier.h"
#include "Binding/KnownPlugins.h"
#include "Tool.h"
#include <string>
#include <vector>

namespace objprelink {

struct CommandLine {
  enum class Action { Bind, Refresh, Status, Verify, Remove, Print };
  Action action = Action::Bind;
  std::vector<std::string> programs;
  /// The root of another system, of which nothing is run; empty is this one.
  std::string root;
  /// Where tables are.
  std::string folder;
  /// Which plugins are bound.
  PluginChoice plugins = PluginChoice::Recorded;
  /// Those that are named, by absolute path.
  std::vector<std::string> pluginFiles;
  CarrierChoice carrier = CarrierChoice::Auto;
  bool dryRun = false;
  bool verbose = false;
  bool quiet = false;
};

/// Parses argv and has \p act do what it asks for. Returns the exit status.
int runCommandLine(const Tool &tool, int argc, char **argv,
                   llvm::function_ref<int(const CommandLine &)> act);

} // namespace objprelink

#endif
