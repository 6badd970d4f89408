/*===- Allocator.c - how jemalloc is to behave in a linker ------------------===
 *
 * A link allocates much, frees little and ends soon, and on most machines it
 * waits for page faults more than for anything else. So memory comes in huge
 * pages, is not given back, and threads share two arenas. Measured with
 * utils/bench/link: glibc's allocator takes 1.3 times as long for a large link.
 *
 *===----------------------------------------------------------------------===*/

#include <malloc.h>

const char *malloc_conf = "thp:always,metadata_thp:always,narenas:2,"
                          "dirty_decay_ms:-1,muzzy_decay_ms:-1";

/* LLVM asks glibc's allocator for statistics. Without this the answer would
 * come with all of that allocator. */
struct mallinfo2 mallinfo2(void) {
  struct mallinfo2 none = {0};
  return none;
}
