/*===- Prefetch.h - files that a cold start will read -----------*- C -*-===//
//
// A start maps its libraries one by one, and waits for the disk at each, where
// their pages are not in memory. Another process asks for all of them at once
// meanwhile. It is nobody's child by then, and holds no file of the program's.
//
//===----------------------------------------------------------------------===*/

#ifndef OBJPRELINK_TOOLS_OBJPRELINK_START_PREFETCH_H
#define OBJPRELINK_TOOLS_OBJPRELINK_START_PREFETCH_H

#include "Runtime/TableReader.h"

/// Has the kernel read the files of the start that \p table is of, if it looks
/// as if they were not in memory.
void prefetch(const struct PreboundTable *table);

#endif
