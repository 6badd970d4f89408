//===- KnownPlugins.h - what a program is known to open ---------*- C++ -*-===//

#ifndef OBJPRELINK_BINDING_KNOWNPLUGINS_H
#define OBJPRELINK_BINDING_KNOWNPLUGINS_H

#include "Loader/Closure.h"

namespace objprelink {

/// Which plugins are bound.
enum class PluginChoice : uint8_t { None, Recorded, Notes };

struct WantedPlugin {
  /// Absolute.
  std::string path;
  /// It was asked for by name: it has to be bound.
  bool isNamed = false;
};

/// What the program of the table at \p tablePath was seen to open: the plugins
/// of the table, and those that are recorded beside it.
llvm::Expected<std::vector<std::string>>
recordedPlugins(const std::string &tablePath);

/// The plugins of the program of \p request that are to be bound: the files
/// \p named, those of the table at \p tablePath, those that are recorded
/// beside it, and those that notes name, as far as \p choice wants them.
llvm::Expected<std::vector<WantedPlugin>>
findPlugins(PluginChoice choice, llvm::ArrayRef<std::string> named,
            const std::string &tablePath, const ClosureRequest &request);

} // namespace objprelink

#endif
