//===- LibrarySearch.h - where ld.so looks for a library --------*- C++ -*-===//
//
// This searches in the order of _dl_map_object (glibc 2.36, elf/dl-load.c), or
// of load_library (musl 1.2, ldso/dynlink.c), without running anything and, if
// asked to, without the machine's own root.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_LOADER_LIBRARYSEARCH_H
#define OBJPRELINK_LOADER_LIBRARYSEARCH_H

#include "Loader/DynamicLoader.h"
#include "Loader/LdSoCache.h"
#include "Loader/Sysroot.h"
#include "Support/InputFile.h"
#include "Target/Machine.h"
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
  Default,     ///< the system's folders, /etc/ld-musl-ARCH.path
  Loader,      ///< its name is one of the loader's own
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
  /// \p libraryPath is LD_LIBRARY_PATH. What is given outlives this.
  LibrarySearch(const Sysroot &sysroot, llvm::StringRef libraryPath,
                const Machine &machine, const DynamicLoader &loader);

  /// The name by which \p origin asks for the library that it calls \p name.
  std::string expand(llvm::StringRef name, const SearchOrigin &origin) const;
  /// The file for \p name, as expand() gives it, asked for by \p origin;
  /// nothing where there is none. \p main is the program.
  std::optional<FoundFile> find(llvm::StringRef name,
                                const SearchOrigin &origin,
                                const SearchOrigin &main) const;

  /// The words of LD_PRELOAD, which is \p preload, and of /etc/ld.so.preload.
  std::vector<std::string> preloads(llvm::StringRef preload) const;

private:
  std::optional<FoundFile> open(llvm::StringRef path, FoundBy foundBy) const;
  std::optional<FoundFile> findByGlibc(llvm::StringRef name,
                                       const SearchOrigin &origin,
                                       const SearchOrigin &main) const;
  std::optional<FoundFile> findByMusl(llvm::StringRef name,
                                      const SearchOrigin &origin) const;
  std::optional<FoundFile> findIn(llvm::StringRef folders,
                                  llvm::StringRef separators,
                                  llvm::StringRef name,
                                  const SearchOrigin &origin,
                                  FoundBy foundBy) const;
  std::optional<FoundFile> findInFolder(llvm::StringRef folder,
                                        llvm::StringRef name,
                                        FoundBy foundBy) const;
  std::vector<std::string> systemPreloads() const;
  bool isInDefaultFolder(llvm::StringRef path) const;

  const Sysroot &sysroot;
  const llvm::StringRef libraryPath;
  const Machine &machine;
  const DynamicLoader &loader;
  /// Subfolders of glibc-hwcaps that this processor can use, best first.
  std::vector<std::string> hwcaps;
  std::optional<InputFile> cacheFile;
  LdSoCache cache;
};

} // namespace objprelink

#endif
