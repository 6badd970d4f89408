#include "Prefetch.h"
#include "Runtime/System.h"
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/uio.h>

/// Programs of few libraries gain nothing: the kernel reads ahead in each.
#define LEAST_OBJECTS 32
/// A single library that is larger is used in small parts.
#define LARGEST_FILE (UINT64_C(64) << 20)
#define MOST_BYTES (UINT64_C(256) << 20)
/// So many files are looked at, and so many of them have to be cold.
#define SAMPLES 8
#define COLD_SAMPLES 2

/// Whether the middle of \p object's file would have to be read from a disk.
static int isCold(const struct PreboundTable *table,
                  const struct PreboundObject *object) {
  const int fd = preboundOpen(preboundText(table, object->path));
  if (fd < 0)
    return 0;
  char byte;
  const struct iovec piece = {&byte, 1};
  const long result =
      preboundCall(SYS_preadv2, fd, (long)&piece, 1,
                   (long)(object->file.size / 2), 0, 8 /* RWF_NOWAIT */);
  preboundClose(fd);
  return result == -11; /* EAGAIN: others say that the question is not known. */
}

static int looksCold(const struct PreboundTable *table) {
  unsigned cold = 0;
  for (uint32_t i = 1; i <= SAMPLES && cold < COLD_SAMPLES; ++i)
    cold += isCold(table, &table->objects[(uint64_t)(table->objectCount - 1) *
                                          i / SAMPLES]) != 0;
  return cold == COLD_SAMPLES;
}

static void readAll(const struct PreboundTable *table) {
  uint64_t sum = 0;
  for (uint32_t i = 0; i < table->objectCount && sum < MOST_BYTES; ++i) {
    const struct PreboundObject *object = &table->objects[i];
    if (object->file.size > LARGEST_FILE)
      continue;
    const int fd = preboundOpen(preboundText(table, object->path));
    if (fd < 0)
      continue;
    preboundCall(SYS_fadvise64, fd, 0, 0, POSIX_FADV_WILLNEED, 0, 0);
    preboundClose(fd);
    sum += object->file.size;
  }
}

static _Noreturn void end(void) {
  for (;;)
    preboundCall(SYS_exit_group, 0, 0, 0, 0, 0, 0);
}

void prefetch(const struct PreboundTable *table) {
  if (table->objectCount < LEAST_OBJECTS || !looksCold(table))
    return;
  const long child = preboundCall(SYS_fork, 0, 0, 0, 0, 0, 0);
  if (preboundFailed(child))
    return;
  if (child) {
    // The program is to have no child that it has not made.
    preboundCall(SYS_wait4, child, 0, 0, 0, 0, 0);
    return;
  }
  // Who reads from the program waits for all who hold the other end.
  if (preboundFailed(preboundCall(SYS_close_range, 0, -1, 0, 0, 0, 0)) ||
      preboundCall(SYS_fork, 0, 0, 0, 0, 0, 0))
    end();
  readAll(table);
  end();
}
