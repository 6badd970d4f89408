//===- Plugins.h - what a program is known to open --------------*- C++ -*-===//

#ifndef OBJPRELINK_TOOLS_OBJPRELINK_BIND_PLUGINS_H
#define OBJPRELINK_TOOLS_OBJPRELINK_BIND_PLUGINS_H

#include "CommandLine.h"
#include "Loader/Closure.h"

namespace objprelink {

struct WantedPlugin {
  /// Absolute.
  std::string path;
  /// By --plugin: it has to be bound.
  bool isNamed = false;
};

/// The plugins of the program of \p request that are to be bound: those that
/// are named, those of the table at \p tablePath, those that are recorded
/// beside it, and those that notes name, as far as they are wanted.
llvm::Expected<std::vector<WantedPlugin>>
findPlugins(const CommandLine &commandLine, const std::string &tablePath,
            const ClosureRequest &request);

} // namespace objprelink

#endif
