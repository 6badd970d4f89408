//===- Workspace.h - the temporary folder of a run --------------*- C++ -*-===//

#ifndef OBJPRELINK_TOOLS_OBJPRELINK_BUILD_WORKSPACE_H
#define OBJPRELINK_TOOLS_OBJPRELINK_BUILD_WORKSPACE_H

#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"
#include <string>

namespace objprelink {

/// A new folder under TMPDIR, with whatever is registered to be in it. It goes
/// when this object does, or when SIGTERM or SIGHUP ends the program. There is
/// one at a time.
class Workspace {
public:
  Workspace() = default;
  Workspace(const Workspace &) = delete;
  ~Workspace() { remove(); }

  llvm::Error create();
  /// The path of a file that may come to be in the folder.
  std::string file(const llvm::Twine &name);
  llvm::Expected<std::string> folder(const llvm::Twine &name);
  llvm::Expected<std::string> link(const llvm::Twine &name,
                                   llvm::StringRef target);
  void remove();
};

} // namespace objprelink

#endif
