//===- LdSoCache.h - /etc/ld.so.cache ---------------------------*- C++ -*-===//

#ifndef OBJPRELINK_LOADER_LDSOCACHE_H
#define OBJPRELINK_LOADER_LDSOCACHE_H

#include "Support/Extents.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <vector>

namespace objprelink {

/// What ldconfig found: the files of libraries by the names under which they
/// are needed (glibc 2.36, sysdeps/generic/dl-cache.h).
class LdSoCache {
public:
  LdSoCache() = default;
  /// Reads the cache in \p bytes, any bytes, which must outlive it. Only the
  /// format of glibc 2.2 and later ("glibc-ld.so.cache1.1") is known, also
  /// where it follows the one before it.
  static llvm::Expected<LdSoCache> read(Bytes bytes);

  /// The path of the library \p name for machines with \p flags (ldconfig's
  /// FLAG_*), from the first of the subfolders \p hwcaps of glibc-hwcaps that
  /// has it, or from none of them. Empty where it is not there.
  llvm::StringRef find(llvm::StringRef name, int32_t flags,
                       llvm::ArrayRef<std::string> hwcaps) const;

private:
  struct Entry {
    int32_t flags;
    llvm::StringRef path;
    llvm::StringRef hwcap; ///< empty where it is for all processors
  };
  llvm::StringMap<std::vector<Entry>> entries;
};

} // namespace objprelink

#endif
