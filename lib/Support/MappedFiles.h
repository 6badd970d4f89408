//===- MappedFiles.h - files that the process need not have now -*- C++ -*-===//

#ifndef OBJPRELINK_SUPPORT_MAPPEDFILES_H
#define OBJPRELINK_SUPPORT_MAPPEDFILES_H

#include "llvm/Support/MemoryBuffer.h"
#include <vector>

namespace objprelink {

/// Read-only buffers, those of which that are mapped from files can be given
/// back to the kernel for a while.
class MappedFiles {
public:
  /// Nothing happens to a buffer that is not mapped. \p file must live as long
  /// as this.
  void add(const llvm::MemoryBuffer &file);
  /// Takes the pages from the process, so that they are not part of its size.
  /// Whoever reads one gets it back from the page cache.
  void release() const;

private:
  std::vector<llvm::StringRef> files;
};

} // namespace objprelink

#endif
