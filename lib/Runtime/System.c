#include "Runtime/System.h"
#include "Runtime/Name.h"
#include "Runtime/Table.h"
#include <fcntl.h>
#include <linux/auxvec.h>
#include <sys/mman.h>
#include <sys/syscall.h>

/// A table of the largest programs has some megabytes.
#define MOST_BYTES (UINT64_C(1) << 30)

void *preboundMap(int fd, uint64_t size) {
  const int protection = fd < 0 ? PROT_READ | PROT_WRITE : PROT_READ;
  const int flags = MAP_PRIVATE | (fd < 0 ? MAP_ANONYMOUS : MAP_POPULATE);
  const long result =
      preboundCall(SYS_mmap, 0, (long)size, protection, flags, fd, 0);
  return preboundFailed(result) ? 0 : (void *)result;
}

void preboundUnmap(void *address, uint64_t size) {
  preboundCall(SYS_munmap, (long)address, (long)size, 0, 0, 0, 0);
}

int preboundOpen(const char *path) {
  return (int)preboundCall(SYS_openat, AT_FDCWD, (long)path,
                           O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0, 0,
                           0);
}

void preboundClose(int fd) {
  preboundCall(SYS_close, fd, 0, 0, 0, 0, 0);
}

int preboundStat(const char *path, struct stat *status) {
  return !preboundFailed(preboundCall(SYS_newfstatat, AT_FDCWD, (long)path,
                                      (long)status, 0, 0, 0));
}

int preboundIsSame(const char *path, const struct PreboundFile *file) {
  struct stat status;
  if (!preboundStat(path, &status) || (uint64_t)status.st_size != file->size ||
      status.st_mtim.tv_sec != file->modified)
    return 0;
  // Archives, of which images are made, keep no more.
  if (!file->inode)
    return 1;
  return status.st_ino == file->inode &&
         status.st_mtim.tv_nsec == file->modifiedNanoseconds &&
         status.st_ctim.tv_sec == file->changed &&
         status.st_ctim.tv_nsec == file->changedNanoseconds;
}

const char *preboundMapTable(const char *path, uint32_t user,
                             struct PreboundMapping *out) {
  const int fd = preboundOpen(path);
  if (fd < 0)
    return "it cannot be opened";
  struct stat status;
  const char *reason = 0;
  if (preboundFailed(preboundCall(SYS_fstat, fd, (long)&status, 0, 0, 0, 0)) ||
      !S_ISREG(status.st_mode))
    reason = "it is no regular file";
  else if (status.st_uid != 0 && status.st_uid != user)
    reason = "it belongs to another user";
  else if (status.st_mode & (S_IWGRP | S_IWOTH))
    reason = "others than its owner may write it";
  else if (status.st_size <= 0 || (uint64_t)status.st_size > MOST_BYTES)
    reason = "it has an unlikely size";
  if (!reason) {
    out->size = (uint64_t)status.st_size;
    out->data = preboundMap(fd, out->size);
    if (!out->data)
      reason = "it cannot be mapped";
  }
  preboundClose(fd);
  return reason;
}

/// Puts the texts together. Returns their length, or 0 if they are too long.
static size_t preboundJoin(const char *const *texts, char *out, size_t room) {
  size_t size = 0;
  for (; *texts; ++texts)
    for (const char *at = *texts; *at; ++at) {
      if (size + 1 >= room)
        return 0;
      out[size++] = *at;
    }
  out[size] = 0;
  return size;
}

void preboundRecord(const char *path, const char *name) {
  char file[4096], line[4096];
  const char *const paths[] = {path, PREBOUND_RECORD, 0};
  const char *const names[] = {name, "\n", 0};
  const size_t size = preboundJoin(names, line, sizeof(line));
  if (!preboundJoin(paths, file, sizeof(file)) || !size)
    return;
  const long fd = preboundCall(SYS_openat, AT_FDCWD, (long)file,
                               O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC |
                                   O_NOFOLLOW | O_NOCTTY,
                               0600, 0, 0);
  if (preboundFailed(fd))
    return;
  // In one piece: several processes may do so.
  preboundCall(SYS_write, fd, (long)line, (long)size, 0, 0, 0);
  preboundClose((int)fd);
}

void preboundMark(const char *path) {
  char file[4096];
  const char *const paths[] = {path, PREBOUND_MARK, 0};
  if (!preboundJoin(paths, file, sizeof(file)))
    return;
  // It may be there already.
  const long fd = preboundCall(
      SYS_openat, AT_FDCWD, (long)file,
      O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644, 0, 0);
  if (!preboundFailed(fd))
    preboundClose((int)fd);
}

void preboundCount(const char *path, int isUsed) {
  struct PreboundStarts starts = {0, 0};
  // Whatever is no count is replaced by one.
  if (preboundCall(SYS_getxattr, (long)path, (long)PREBOUND_COUNTS,
                   (long)&starts, sizeof(starts), 0, 0) != sizeof(starts))
    starts.used = starts.refused = 0;
  ++*(isUsed ? &starts.used : &starts.refused);
  preboundCall(SYS_setxattr, (long)path, (long)PREBOUND_COUNTS, (long)&starts,
               sizeof(starts), 0, 0);
}

size_t preboundLength(const char *text) {
  size_t length = 0;
  while (text[length])
    ++length;
  return length;
}

int preboundEqual(const char *a, const char *b) {
  while (*a && *a == *b) {
    ++a;
    ++b;
  }
  return *a == *b;
}

const char *preboundValueOf(const char *entry, const char *name) {
  while (*name && *entry == *name) {
    ++entry;
    ++name;
  }
  return !*name && *entry == '=' ? entry + 1 : 0;
}

const char *preboundEnvironment(char *const *environment, const char *name) {
  for (; *environment; ++environment) {
    const char *value = preboundValueOf(*environment, name);
    if (value)
      return value;
  }
  return 0;
}

uint64_t preboundAuxiliary(char *const *environment, uint64_t type) {
  while (*environment)
    ++environment;
  const uint64_t *pair = (const uint64_t *)(environment + 1);
  for (; pair[0] != AT_NULL; pair += 2)
    if (pair[0] == type)
      return pair[1];
  return 0;
}

void preboundSay(const char *const *texts) {
  char line[4096];
  size_t size = 0;
  for (; *texts; ++texts)
    for (const char *at = *texts; *at && size + 1 < sizeof(line); ++at)
      line[size++] = *at;
  line[size++] = '\n';
  preboundCall(SYS_write, 2, (long)line, (long)size, 0, 0, 0);
}
