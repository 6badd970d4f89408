//===- MemoryTables.h - own pages by library, kind and section --*- C++ -*-===//

#ifndef OBJPRELINK_REPORT_MEMORYTABLES_H
#define OBJPRELINK_REPORT_MEMORYTABLES_H

#include "Process/ProcessMemory.h"
#include "Report/Document.h"

namespace objprelink {

/// Adds the tables "mappings" and "sections" on the memory of process \p pid,
/// and the facts that sum them up.
void addMemoryTables(uint64_t pid, const std::vector<FileMapping> &mappings,
                     Document &document);

} // namespace objprelink

#endif
