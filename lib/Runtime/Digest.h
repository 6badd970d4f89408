/*===- Digest.h - sums over what a table was made for -----------*- C -*-===//
//
// The maker of tables and the runtime must come to the same numbers, so both
// include this. None of it is cryptographic: it shows an upgrade, an edit or a
// damaged disk, not an attack. An attacker who can write a table or a library
// needs no collision.
//
// Numbers of the gABI are written out, because <elf.h> and LLVM's header with
// the same names exclude each other.
//
//===----------------------------------------------------------------------===*/

#ifndef OBJPRELINK_RUNTIME_DIGEST_H
#define OBJPRELINK_RUNTIME_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#define PREBOUND_FACTOR UINT64_C(0x9e3779b97f4a7c15)
#define PREBOUND_MIX(digest, value)                                            \
  (((digest) ^ (uint64_t)(value)) * PREBOUND_FACTOR)

/// \p digest with \p value added to it: the order of values matters.
static inline uint64_t preboundAdd(uint64_t digest, uint64_t value) {
  digest = PREBOUND_MIX(digest, value);
  return digest ^ (digest >> 32);
}

static inline uint64_t preboundDigest(const void *data, size_t size) {
  typedef uint64_t Word __attribute__((aligned(1), may_alias));
  const unsigned char *at = (const unsigned char *)data;
  uint64_t digest = size;
  for (; size >= 8; size -= 8, at += 8)
    digest = preboundAdd(digest, *(const Word *)at);
  uint64_t last = 0;
  for (; size; --size)
    last = last << 8 | *at++;
  return preboundAdd(digest, last);
}

/// Whether ld.so adds the base to what an entry of the dynamic table with \p
/// tag holds (elf_get_dynamic_info; which of them differs by version).
static inline int preboundIsAddress(int64_t tag) {
  switch (tag) {
  case 3:          /* DT_PLTGOT */
  case 4:          /* DT_HASH */
  case 5:          /* DT_STRTAB */
  case 6:          /* DT_SYMTAB */
  case 7:          /* DT_RELA */
  case 17:         /* DT_REL */
  case 23:         /* DT_JMPREL */
  case 36:         /* DT_RELR */
  case 0x6ffffef5: /* DT_GNU_HASH */
  case 0x6ffffff0: /* DT_VERSYM */
    return 1;
  default:
    return 0;
  }
}

/// No program of Linux on x86-64 has an address beyond this one, unless it asks
/// the kernel for five levels of page tables.
#define PREBOUND_ADDRESSES (UINT64_C(1) << 47)

/// Adds an entry of a dynamic table as it is in the memory of an object that is
/// \p base away from where its file says, 0 for the file. DT_DEBUG is filled in
/// by ld.so. What is less than the distance, which may be negative, has not had
/// it added.
static inline uint64_t preboundAddDynamic(uint64_t digest, int64_t tag,
                                          uint64_t value, uint64_t base) {
  if (tag == 21 /* DT_DEBUG */)
    value = 0;
  else if (preboundIsAddress(tag) && value - base < PREBOUND_ADDRESSES)
    value -= base;
  return preboundAdd(preboundAdd(digest, (uint64_t)tag), value);
}

/// The sum over a table: of each of the sixteen words of a line, and sums of
/// some of these sums, so that the order of lines matters (Fletcher). \p size
/// is a multiple of 16.
static inline void preboundSum(const void *data, size_t size,
                               uint64_t sums[4]) {
  typedef uint64_t Pair __attribute__((vector_size(16), may_alias));
  const Pair *at = (const Pair *)data;
  const Pair *end = at + size / 16;
  Pair a = {1, 2}, b = {3, 4}, c = {5, 6}, d = {7, 8}, order = {0, 0};
  Pair e = {9, 10}, f = {11, 12}, g = {13, 14}, h = {15, 16};
  for (const Pair *lines = at + size / 128 * 8; at < lines; at += 8) {
    a += at[0];
    b += at[1];
    c += at[2];
    d += at[3];
    e += at[4];
    f += at[5];
    g += at[6];
    h += at[7];
    order += a;
    order += e;
  }
  for (; at < end; ++at) {
    a += *at;
    order += a;
  }
  sums[0] = preboundAdd(preboundAdd(a[0], b[0]), order[0]);
  sums[1] = preboundAdd(preboundAdd(a[1], b[1]), order[1]);
  sums[2] = preboundAdd(preboundAdd(preboundAdd(c[0], d[0]), e[0]), f[0]);
  sums[2] = preboundAdd(preboundAdd(sums[2], g[0]), h[0]);
  sums[3] = preboundAdd(preboundAdd(preboundAdd(c[1], d[1]), e[1]), f[1]);
  sums[3] = preboundAdd(preboundAdd(sums[3], g[1]), h[1]);
}

#endif
