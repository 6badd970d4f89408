/*===- TableReader.h - a table that holds together --------------*- C -*-===//
//
// Any bytes may be given. After preboundRead() has agreed, each range lies in
// the table and each index is valid. The values of the words are not checked,
// as no loader checks the code of a library.
//
//===----------------------------------------------------------------------===*/

#ifndef OBJPRELINK_RUNTIME_TABLEREADER_H
#define OBJPRELINK_RUNTIME_TABLEREADER_H

#include "Runtime/Table.h"

#ifdef __cplusplus
extern "C" {
#endif

struct PreboundTable {
  const struct PreboundHeader *header;
  const struct PreboundObject *objects;
  uint32_t objectCount;
  const struct PreboundObject *opened;
  const struct PreboundGroup *groups;
};

/// More objects than any program has.
#define PREBOUND_MOST_OBJECTS 4096

/// Reads \p size bytes at \p data, which is aligned to 16. Returns why it is no
/// table, or null. \p summed says whether the sums are to be compared, too.
const char *preboundRead(const void *data, uint64_t size, int summed,
                         struct PreboundTable *out);

/// The entries of a range, and a text, of a table that has been read.
static inline const void *preboundAt(const struct PreboundTable *table,
                                     struct PreboundRange range) {
  return (const char *)table->header + range.offset;
}
static inline const char *preboundText(const struct PreboundTable *table,
                                       uint32_t offset) {
  return (const char *)table->header + table->header->text.offset + offset;
}

/// Whether all words of \p object are within the distances from \p begin to \p
/// end, both from its base, and as many as there are. Returns why not, or null.
const char *preboundCheckWords(const struct PreboundTable *table,
                               const struct PreboundObject *object,
                               uint64_t begin, uint64_t end);

#ifdef __cplusplus
}
#endif

#endif
