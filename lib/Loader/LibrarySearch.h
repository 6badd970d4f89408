//===- LibrarySearch.h - where ld.so looks for a library --------*- C++ -*-===//
//
// The order of _dl_map_object (glibc 2.36, elf/dl-load.c), without running
// anything and without the machine's own root, if so asked.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_LOADER_LIBRARYSEARCH_H
#define OBJPRELINK_LOADER_LIBRARYSEARCH_H

#include "Loader/LdSoCache.h"
#include "Loader/Sysroot.h"
#include "Support/InputFile.h"
#include "Target/Target.h"
#include <memory>
#include <optional>

namespace objprelink {

/// What led ld.so to a file.
enum class FoundBy : uint8_t {
  Program,     ///< it is what was asked about
  Preload,     ///< LD_PRELOAD or /etc/ld.so.preload
  Path,        ///< its name has a slash
  RPath,       ///< DT_RPATH of the library or of those that loaded it
  LibraryPath, ///< LD_LIBRARY_PATH
  RunPath,     ///< DT_RUNPATH of the library that needs it
  Cache,       ///< /etc/ld.so.cache
  Default,     ///< the system's folders
};

llvm::StringRef describe(FoundBy foundBy);

/// What ld.so knows of a library that needs others.
struct SearchOrigin {
  /// The folder of its file, which $ORIGIN stands for.
  std::string folder;
  llvm::StringRef rpath;
  llvm::StringRef runpath;
  /// DF_1_NODEFLIB: neither cached nor default folders of the system.
  bool noDefaultLib = false;
  /// What had it loaded; null for the program.
  const SearchOrigin *loader = nullptr;
};

struct FoundFile {
  /// In the sysroot.
  std::string path;
  InputFile file;
  FoundBy foundBy;
};

class LibrarySearch {
public:
  /// \p libraryPath is LD_LIBRARY_PATH; \p program is the program's origin.
  LibrarySearch(llvm::StringRef sysroot, llvm::StringRef libraryPath,
                const Target &target);

  /// The file for DT_NEEDED entry \p name of \p origin; nothing where there is
  /// none for this machine. \p main is the program.
  std::optional<FoundFile> find(llvm::StringRef name,
                                const SearchOrigin &origin,
                                const SearchOrigin &main) const;
  /// The file at \p path, of this machine, or nothing.
  std::optional<FoundFile> open(llvm::StringRef path, FoundBy foundBy) const;

  /// The words of /etc/ld.so.preload.
  std::vector<std::string> systemPreloads() const;

private:
  std::optional<FoundFile> findIn(llvm::StringRef folders,
                                  llvm::StringRef separators,
                                  llvm::StringRef name,
                                  const SearchOrigin &origin,
                                  FoundBy foundBy) const;
  std::optional<FoundFile> findInFolder(llvm::StringRef folder,
                                        llvm::StringRef name,
                                        FoundBy foundBy) const;
  std::string expand(llvm::StringRef path, const SearchOrigin &origin) const;
  bool isInDefaultFolder(llvm::StringRef path) const;

  Sysroot sysroot;
  std::string libraryPath;
  const Target &target;
  /// Subfolders of glibc-hwcaps that this processor can use, best first.
  std::vector<std::string> hwcaps;
  std::vector<std::string> defaultFolders;
  std::optional<InputFile> cacheFile;
  LdSoCache cache;
};

} // namespace objprelink

#endif
