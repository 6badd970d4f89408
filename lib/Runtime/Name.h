/*===- Name.h - where a program's table is ----------------------*- C -*-===//
//
// The launcher and the maker must come to the same name. It begins with the
// name of the program, for people, and ends with a digest of the program's
// path.
//
//===----------------------------------------------------------------------===*/

#ifndef OBJPRELINK_RUNTIME_NAME_H
#define OBJPRELINK_RUNTIME_NAME_H

#include "Runtime/Digest.h"

/// The folder of tables that root has made for everybody.
#define PREBOUND_SYSTEM_FOLDER "/var/cache/objprelink"
/// The folder below a user's cache.
#define PREBOUND_USER_FOLDER "objprelink"

/// What follows the name of a table in that of the plugins which its program
/// has been seen to open.
#define PREBOUND_RECORD ".plugins"

/// And in that of the empty file which says that a start has found the table
/// out of date.
#define PREBOUND_MARK ".stale"

/// The attribute of a table that counts its owner's starts, as struct
/// PreboundStarts.
#define PREBOUND_COUNTS "user.objprelink.starts"

struct PreboundStarts {
  /// Those that it was used in, and those that it did not fit.
  uint64_t used, refused;
};

/// The libraries that LD_PRELOAD names one of, where an audit object would be
/// wrong, are called by this and a number, which says how many there are from
/// there to the runtime.
#define PREBOUND_CHAIN "libobjprelink-chain-"
#define PREBOUND_LONGEST_CHAIN 16

/// The tunable of the loader's that says how much thread-local storage at fixed
/// places it has room for beyond what it has counted.
#define PREBOUND_TLS_TUNABLE "glibc.rtld.optional_static_tls"
/// The variable that follows the GLIBC_TUNABLES which the launcher has added to
/// the environment.
#define PREBOUND_TLS_MARK "OBJPRELINK_TUNABLES"

/// A name of the program, a dash, 16 digits and a zero byte.
#define PREBOUND_NAME_SIZE (64 + 1 + 16 + 1)

/// Writes the name of the table for the program whose path, without symbolic
/// links, is the first \p size bytes at \p path.
static inline void preboundName(const char *path, size_t size,
                                char out[PREBOUND_NAME_SIZE]) {
  size_t begin = size;
  while (begin && path[begin - 1] != '/')
    --begin;
  size_t at = 0;
  for (; begin + at < size && at < 64; ++at)
    out[at] = path[begin + at];
  out[at++] = '-';
  const uint64_t digest = preboundDigest(path, size);
  for (int shift = 60; shift >= 0; shift -= 4)
    out[at++] = "0123456789abcdef"[digest >> shift & 15];
  out[at] = 0;
}

#endif
