//===- MappedFile.h - the file behind a mapping of a process ----*- C++ -*-===//

#ifndef OBJPRELINK_PROCESS_MAPPEDFILE_H
#define OBJPRELINK_PROCESS_MAPPEDFILE_H

#include "Process/ProcessMemory.h"
#include "llvm/Support/MemoryBuffer.h"
#include <memory>

namespace objprelink {

/// The path by which the file behind \p mapping of process \p pid can be read;
/// empty where there is none. map_files leads to deleted files too, but not
/// everyone may follow it; the mapping's path may by now lead to another file,
/// which its inode tells.
std::string pathOfMapped(uint64_t pid, const FileMapping &mapping);

/// A copy of the bytes of \p path from \p offset on, \p size of them at most: a
/// file that gets shorter under us is no signal. Null where it cannot be read.
std::unique_ptr<llvm::MemoryBuffer> readCopy(const std::string &path,
                                             uint64_t offset = 0,
                                             std::optional<uint64_t> size = {});

} // namespace objprelink

#endif
