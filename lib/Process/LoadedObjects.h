//===- LoadedObjects.h - what ld.so has in a stopped process ----*- C++ -*-===//
//
// ld.so shows its list to debuggers: DT_DEBUG in the program's dynamic table
// leads to a struct r_debug, and that leads to the first link_map. The public
// members of both are the same in all versions of glibc.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_PROCESS_LOADEDOBJECTS_H
#define OBJPRELINK_PROCESS_LOADEDOBJECTS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include <string>
#include <sys/types.h>
#include <vector>

namespace objprelink {

/// An entry of ld.so's list.
struct LoadedObject {
  /// As ld.so has it: empty for the program.
  std::string name;
  /// What is added to the addresses of its file.
  uint64_t base = 0;
  /// Where its dynamic table is.
  uint64_t dynamic = 0;
};

enum class LoaderState { None, Consistent, Adding, Deleting };

/// What the kernel told process \p pid under \p type (AT_ENTRY and others).
llvm::Expected<uint64_t> readAuxiliary(pid_t pid, uint64_t type);

/// Reads \p size bytes at \p address of process \p pid.
llvm::Expected<std::vector<uint8_t>> readMemory(pid_t pid, uint64_t address,
                                                uint64_t size);

/// What ld.so is doing; None before it has told where its list is.
llvm::Expected<LoaderState> readLoaderState(pid_t pid);

/// The list of the program's namespace, in order.
llvm::Expected<std::vector<LoadedObject>> readLoadedObjects(pid_t pid);

} // namespace objprelink

#endif
