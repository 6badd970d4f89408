//===- Places.h - where everything of ours is -------------------*- C++ -*-===//

#ifndef OBJPRELINK_PROGRAM_PLACES_H
#define OBJPRELINK_PROGRAM_PLACES_H

#include "llvm/Support/Error.h"
#include <string>
#include <utility>
#include <vector>

namespace objprelink {

struct Places {
  /// What is ours: entries, tables, launchers.
  std::string folder;
  /// Where copies of desktop entries are put.
  std::string applications;
  /// Where desktop entries are looked for, in order; the one above is the
  /// first.
  std::vector<std::string> dataFolders;
  /// objprelink-start, which is beside this program.
  std::string starter;

  std::string tableOf(llvm::StringRef name) const {
    return folder + "/" + name.str() + ".table";
  }
  std::string recordOf(llvm::StringRef name) const {
    return folder + "/" + name.str() + ".json";
  }
  std::string launcherOf(llvm::StringRef name) const {
    return folder + "/bin/" + name.str();
  }
};

/// root's places, which are for everybody, or the user's, as the environment
/// has them.
llvm::Expected<Places> findPlaces(bool isUsers);

/// Makes \p folder and what is missing above it. The folders that had to be
/// made are added to \p made, the uppermost first.
llvm::Error makeFolder(llvm::StringRef folder, std::vector<std::string> &made);

/// For as long as it lives, nobody else adds or removes an entry.
class FolderLock {
public:
  /// Makes \p folder if it is not there, as makeFolder() does, and waits until
  /// nobody has it.
  static llvm::Expected<FolderLock> take(const std::string &folder,
                                         std::vector<std::string> &made);
  FolderLock(FolderLock &&other) : fd(std::exchange(other.fd, -1)) {}
  FolderLock &operator=(FolderLock &&) = delete;
  ~FolderLock();

private:
  explicit FolderLock(int fd) : fd(fd) {}
  int fd;
};

/// Removes what a process that was killed has left in \p folder: files that
/// have not got their names. Nobody else may be writing there.
void removeLeftovers(llvm::StringRef folder);

} // namespace objprelink

#endif
