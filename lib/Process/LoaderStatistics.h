//===- LoaderStatistics.h - what LD_DEBUG=statistics says -------*- C++ -*-===//

#ifndef OBJPRELINK_PROCESS_LOADERSTATISTICS_H
#define OBJPRELINK_PROCESS_LOADERSTATISTICS_H

#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <optional>

namespace objprelink {

/// What glibc's ld.so counts (print_statistics in elf/rtld.c). Its "number of
/// relocations" is that of symbol look-ups; those that the one before had
/// answered already are "from cache" and not among them.
struct LoaderStatistics {
  // Before main.
  std::optional<uint64_t> lookUps, cached, relative, cycles;
  // Parts of the cycles.
  std::optional<uint64_t> relocationCycles;
  // At the end. A program that is killed or calls _exit has none.
  std::optional<uint64_t> finalLookUps, finalCached;
};

/// Reads what a process has written. One that became another program has
/// written several times; the last one counts.
LoaderStatistics parseLoaderStatistics(llvm::StringRef text);

} // namespace objprelink

#endif
