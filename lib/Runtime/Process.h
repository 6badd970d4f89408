/*===- Process.h - the objects of the process, and their words --*- C -*-===//
//
// The two steps of the runtime, apart from their callers: compare everything,
// then write everything. Once the first word has been written, there is no
// reason left to stop.
//
//===----------------------------------------------------------------------===*/

#ifndef OBJPRELINK_RUNTIME_PROCESS_H
#define OBJPRELINK_RUNTIME_PROCESS_H

#include "Runtime/TableReader.h"
#include <link.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Why a table does not fit, as a message names it; "object" may be null.
struct PreboundReason {
  const char *object;
  const char *reason;
};

struct PreboundProcess {
  const struct PreboundTable *table;
  /// The first of ld.so's list.
  struct link_map *first;
  /// The path that the program was executed by.
  const char *program;
  /// Where the kernel has its own object, 0 if it has none.
  uint64_t kernelAt;
  /// Set by the comparison: each object and its base. There is a base for each
  /// index that an entry can have, 0 behind the last object.
  struct link_map **maps;
  uint64_t *bases;
};

/// How many there are. The last one, PREBOUND_NOBODY, is always 0.
#define PREBOUND_BASES 0x10000

/// The digest of the dynamic table that \p map has in memory.
uint64_t preboundDynamicDigest(const struct link_map *map);

/// Whether \p map can be \p object as far as its dynamic table tells.
int preboundIsObject(const struct PreboundObject *object,
                     const struct link_map *map);

/// Compares all objects of the process with the key. Returns nonzero if all is
/// as the table was made for.
int preboundCompare(struct PreboundProcess *process,
                    struct PreboundReason *why);

/// Compares one object with what the table says of it, except for its dynamic
/// table. Returns what differs, or null.
const char *preboundCheckObject(const struct PreboundProcess *process,
                                const struct PreboundObject *object,
                                const struct link_map *map);

/// Writes the words of one object, and has the rest of its relocations, which
/// are copied to \p rest, done by ld.so.
void preboundApplyObject(const struct PreboundProcess *process,
                         const struct PreboundObject *object,
                         const struct link_map *map, Elf64_Rela *rest);

/// Writes all words, and leaves the rest of the relocations to ld.so: those are
/// copied to \p rest, which has room for all of them.
void preboundApply(const struct PreboundProcess *process, Elf64_Rela *rest);

/// The entry of the dynamic table of \p map with \p tag that ld.so uses, or
/// null.
Elf64_Dyn *preboundEntry(const struct link_map *map, int64_t tag);

#ifdef __cplusplus
}
#endif

#endif
