//===- Sysroot.h - paths as a program in another root sees them -*- C++ -*-===//

#ifndef OBJPRELINK_LOADER_SYSROOT_H
#define OBJPRELINK_LOADER_SYSROOT_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <string>

namespace objprelink {

/// The folder that stands for /.
class Sysroot {
public:
  /// An empty \p folder is the machine's own root.
  explicit Sysroot(llvm::StringRef folder) : folder(folder) {}

  /// The path by which this process reaches the file that \p path names inside:
  /// symbolic links lead to places inside too, and .. stops at the root.
  /// Nothing where a component is not there, or links go round in circles.
  std::optional<std::string> resolve(llvm::StringRef path) const;
  /// The path inside of the file that \p path names, without symbolic links.
  std::optional<std::string> realPath(llvm::StringRef path) const;

private:
  std::string folder;
};

/// The path that the host's \p path has inside of the folder \p root. An error
/// where it is not in there.
llvm::Expected<std::string> pathInside(llvm::StringRef root,
                                       llvm::StringRef path);

} // namespace objprelink

#endif
