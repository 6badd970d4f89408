/*===- System.h - what a program without libc needs -------------*- C -*-===//
//
// The runtime runs before libc is relocated, and the launcher without libc, so
// both call the kernel themselves. Headers of libc are included for types and
// numbers alone. The maker, the launcher and the runtime read tables by the
// same code, so all of lib/Runtime is C without libc. The unit tests run it on
// an object of their own.
//
//===----------------------------------------------------------------------===*/

#ifndef OBJPRELINK_RUNTIME_SYSTEM_H
#define OBJPRELINK_RUNTIME_SYSTEM_H

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#ifdef __cplusplus
extern "C" {
#endif

struct PreboundFile;

/// A system call of Linux on x86-64; an error is a number from -4095 to -1.
static inline long preboundCall(long number, long a, long b, long c, long d,
                                long e, long f) {
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8),
                     "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}

static inline int preboundFailed(long result) {
  return (unsigned long)result >= (unsigned long)-4095L;
}

/// Maps \p size bytes of file \p fd for reading, or of no file (-1) for
/// writing; null if that fails.
void *preboundMap(int fd, uint64_t size);
void preboundUnmap(void *address, uint64_t size);
/// Opens a file for reading; negative if that fails.
int preboundOpen(const char *path);
void preboundClose(int fd);
/// Whether \p path is there, and what it is.
int preboundStat(const char *path, struct stat *status);
/// Whether \p path is the file that \p file describes.
int preboundIsSame(const char *path, const struct PreboundFile *file);

/// A table that a file has, and the mapping of it.
struct PreboundMapping {
  void *data;
  uint64_t size;
};

/// Maps the table at \p path. Returns why it may not be used, or null: it must
/// be a regular file that only its owner can write, and he must be root or \p
/// user.
const char *preboundMapTable(const char *path, uint32_t user,
                             struct PreboundMapping *out);

/// Appends \p name as a line to the file of plugins beside the table at \p
/// path.
void preboundRecord(const char *path, const char *name);

/// Leaves a mark beside the table at \p path, which has been found out of date,
/// if that can be done: only its owner may.
void preboundMark(const char *path);

/// Counts a start of the table's owner in an attribute of the table at \p path,
/// where the file system has such and nobody minds.
void preboundCount(const char *path, int isUsed);

size_t preboundLength(const char *text);
int preboundEqual(const char *a, const char *b);
/// What follows "NAME=" in \p entry, or null.
const char *preboundValueOf(const char *entry, const char *name);
/// The value of \p name in an environment, or null.
const char *preboundEnvironment(char *const *environment, const char *name);
/// The value of \p type behind the environment, or 0.
uint64_t preboundAuxiliary(char *const *environment, uint64_t type);

/// Writes the texts, one after the other, and the end of a line, to standard
/// error; null ends the list.
void preboundSay(const char *const *texts);

#ifdef __cplusplus
}
#endif

#endif
