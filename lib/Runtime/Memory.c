/*===- Memory.c - what compilers call without being asked -----------------===//
//
// These functions are only for programs that are linked without libc.
//
//===----------------------------------------------------------------------===*/

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memset(void *to, int value, size_t size);

__attribute__((optimize("no-tree-loop-distribute-patterns"))) void *
memcpy(void *restrict to, const void *restrict from, size_t size) {
  char *out = to;
  const char *in = from;
  for (size_t i = 0; i < size; ++i)
    out[i] = in[i];
  return to;
}

__attribute__((optimize("no-tree-loop-distribute-patterns"))) void *
memset(void *to, int value, size_t size) {
  char *out = to;
  for (size_t i = 0; i < size; ++i)
    out[i] = (char)value;
  return to;
}
