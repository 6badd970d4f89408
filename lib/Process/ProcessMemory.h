//===- ProcessMemory.h - pages that a process made its own ------*- C++ -*-===//
//
// A page of a private file mapping is the file's, shared by all processes,
// until the process writes to it: then it has a copy. ld.so does so when it
// relocates. /proc/PID/pagemap tells the two apart, page by page (Linux,
// Documentation/admin-guide/mm/pagemap.rst).
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_PROCESS_PROCESSMEMORY_H
#define OBJPRELINK_PROCESS_PROCESSMEMORY_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <string>
#include <vector>

namespace objprelink {

/// The size of a page of the machines that there are readers for.
inline constexpr uint64_t kPageSize = 4096;

/// A line of /proc/PID/maps that is about a file which is mapped privately.
struct FileMapping {
  uint64_t start = 0;
  uint64_t end = 0;
  /// Where in the file it begins.
  uint64_t offset = 0;
  uint64_t inode = 0;
  bool isWritable = false;
  bool isExecutable = false;
  /// As the kernel writes it: a line's end is \012, and " (deleted)" may
  /// follow.
  std::string path;
  /// Offsets in the file of the pages that are the process's own.
  std::vector<uint64_t> ownPages;
};

/// The private file mapping that \p line of /proc/PID/maps is about, if it is
/// about one. Any text may be given.
std::optional<FileMapping> parseMapping(llvm::StringRef line);

/// The private file mappings of process \p pid. The process may go on, and end,
/// meanwhile: what is no more there counts as nothing. \p ignored is an address
/// whose page is not counted.
llvm::Expected<std::vector<FileMapping>>
readFileMappings(uint64_t pid, std::optional<uint64_t> ignored = {});

} // namespace objprelink

#endif
