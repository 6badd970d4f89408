/*===- Table.h - the file that a prebound start is made from ----*- C -*-===//
//
// A table is one file for one program. It says which objects ld.so must have
// loaded, in which order and with which contents (the key), and what each
// relocated word of them is in that case. It is mapped as it is: there is no
// pointer in it, offsets count from its beginning, and numbers are little
// endian.
//
// Both the maker and the runtime include this header, and nothing else
// describes the format. A change of any structure changes the number by which a
// table is known (kPreboundLayout), so nobody has to remember to change it.
//
//===----------------------------------------------------------------------===*/

#ifndef OBJPRELINK_RUNTIME_TABLE_H
#define OBJPRELINK_RUNTIME_TABLE_H

#include "Runtime/Digest.h"

/// Entries that follow each other in the table.
struct PreboundRange {
  uint32_t offset;
  uint32_t count;
};

/// What fstat says of a file that has not been changed. The device is left out:
/// some file systems are numbered anew at each boot. Where the inode is 0 the
/// file is one of an image that is not there yet: only its size and the time
/// of its modification are known.
struct PreboundFile {
  uint64_t inode;
  uint64_t size;
  int64_t modified, modifiedNanoseconds;
  int64_t changed, changedNanoseconds;
};

/// Words of one object: their addresses count from "begin", their bases are
/// that of the object whose index is "base" unless each has its own.
/// PREBOUND_NOBODY has the base 0. Indices of opened objects follow those of
/// the start.
///
/// The base of an object is where its first page is, so that 32 bits are enough
/// for all that counts from there: "begin" of strips and pages, and values. An
/// object that asks for an address has other addresses in its file.
struct PreboundStrip {
  uint32_t begin;
  uint32_t count;
  uint16_t base;
  uint16_t kind;
};

/// Pages of an object that follow each other and are all written to: their
/// distance from its base, and their number. So many at least are worth a call
/// of the kernel's, which makes them private without a fault for each.
struct PreboundPages {
  uint32_t begin;
  uint32_t count;
};
#define PREBOUND_PAGE UINT64_C(4096)
#define PREBOUND_LEAST_PAGES 16

/// How a strip says what its words are. A word that is spread is at 8 times the
/// next entry of "places", the others follow each other; a raw word is in the
/// file without its base, the others take the next entry of "values".
enum PreboundKind {
  PreboundRaw = 0,
  PreboundRawSpread = 1,
  PreboundRun = 2,
  PreboundSpread = 3,
  /// Spread, and the base is that of the next entry of "providers".
  PreboundMixed = 4,
  /// The same, and a function to be called, whose result is the word.
  PreboundIndirect = 5,
};

/// What becomes of an object.
enum PreboundState {
  /// ld.so relocates it.
  PreboundLeft = 0,
  /// The same, and it must have done so before anything is written.
  PreboundFirst = 1,
  /// The runtime writes its words.
  PreboundBound = 2,
};

struct PreboundObject {
  /// The address of its first page in the file: most have 0, those that ask for
  /// an address have that, and the base is ld.so's distance (l_addr) beyond it.
  uint64_t linkedAt;
  /// The key. Addresses are those of the file.
  uint64_t dynamicAt;
  uint64_t dynamicDigest;
  uint64_t headersAt;
  uint64_t headersDigest;
  uint64_t buildIdAt;
  uint64_t buildIdDigest;
  uint32_t buildIdSize; ///< 0 is none
  uint32_t headersCount;
  struct PreboundFile file;
  /// A word that tells whether the object has been relocated: "raw" before;
  /// after, ld.so's distance plus "own", or another address where the state is
  /// not PreboundFirst. An object that has none has 0 here.
  uint64_t probeAt;
  uint64_t probeRaw;
  uint64_t probeOwn;
  /// In the text.
  uint32_t path;
  uint32_t state;
  /// Of PreboundStrip; of uint32_t; of uint16_t; of uint16_t.
  struct PreboundRange strips, values, places, providers;
  /// Of PreboundPages.
  struct PreboundRange pages;
  /// Of Elf64_Rela: what stays with ld.so.
  struct PreboundRange rest;
  /// Its index as a provider: objects that several groups have are described
  /// in each, as who opens them decides about their words.
  uint32_t index;
  /// Nonzero if ld.so binds its PLT.
  uint32_t keepsPlt;
};

/// What one dlopen() brings: the opened object and, breadth first, all that it
/// needs beyond the objects of the start.
struct PreboundGroup {
  /// Of the table's opened objects.
  uint32_t first;
  uint32_t count;
};

enum PreboundFlag {
  /// Some words wait for a first call: with LD_BIND_NOW they would not.
  PreboundHasLazy = 1,
  /// It was made for an image, and has not been compared with the loader.
  PreboundOfImage = 2,
};

struct PreboundHeader {
  uint64_t magic;
  uint64_t layout;
  /// Of the file, a multiple of 16.
  uint64_t size;
  uint64_t zero;
  /// Of all that follows the sums.
  uint64_t sums[4];
  /// Of PreboundObject, in the order of ld.so's list, without the kernel's own
  /// object (vDSO): nothing is bound to it, and it may not be there.
  struct PreboundRange objects;
  /// Of bytes; the last one is 0.
  struct PreboundRange text;
  /// The object that the runtime enters by.
  uint32_t hook;
  uint32_t flags;
  /// In the text: the program, and what the environment had of LD_PRELOAD and
  /// LD_LIBRARY_PATH.
  uint32_t program;
  uint32_t preload;
  uint32_t libraryPath;
  /// How many of the objects' entries of "rest" there are.
  uint32_t restCount;
  /// Of PreboundObject: what programs open later. They have no place in a list.
  struct PreboundRange opened;
  /// Of PreboundGroup.
  struct PreboundRange groups;
  /// How many objects the program's search list has.
  uint32_t globalCount;
  /// What the tunable glibc.rtld.optional_static_tls has to be beside the
  /// runtime; 0 where the loader's own measure is enough.
  uint32_t staticTls;
  /// The number of the library that LD_PRELOAD names to have the runtime
  /// loaded; 0 where LD_AUDIT does that.
  uint32_t chain;
  /// In the text: why it is that one; empty where it is the usual one.
  uint32_t reason;
};

/// The provider of what has the base 0.
#define PREBOUND_NOBODY 0xffff

#define PREBOUND_MAGIC UINT64_C(0x646e756f62657270) /* "prebound" */
/// Where the sums begin to count.
#define PREBOUND_SUMMED offsetof(struct PreboundHeader, objects)

/// The place and size of a member, told apart by \p n from other places.
#define PREBOUND_PLACE(n, type, member)                                        \
  PREBOUND_MIX(PREBOUND_MIX(n, offsetof(struct type, member)),                 \
               sizeof(((struct type *)0)->member))

/// Where each member of each structure is, and what the kinds and states are,
/// in one number.
static const uint64_t kPreboundLayout =
    PREBOUND_PLACE(1, PreboundRange, offset) +
    PREBOUND_PLACE(2, PreboundRange, count) +
    PREBOUND_PLACE(3, PreboundFile, inode) +
    PREBOUND_PLACE(4, PreboundFile, size) +
    PREBOUND_PLACE(5, PreboundFile, modified) +
    PREBOUND_PLACE(6, PreboundFile, modifiedNanoseconds) +
    PREBOUND_PLACE(7, PreboundFile, changed) +
    PREBOUND_PLACE(8, PreboundFile, changedNanoseconds) +
    PREBOUND_PLACE(9, PreboundStrip, begin) +
    PREBOUND_PLACE(10, PreboundStrip, count) +
    PREBOUND_PLACE(59, PreboundStrip, base) +
    PREBOUND_PLACE(60, PreboundStrip, kind) +
    PREBOUND_PLACE(68, PreboundObject, linkedAt) +
    PREBOUND_PLACE(11, PreboundObject, dynamicAt) +
    PREBOUND_PLACE(12, PreboundObject, dynamicDigest) +
    PREBOUND_PLACE(13, PreboundObject, headersAt) +
    PREBOUND_PLACE(14, PreboundObject, headersDigest) +
    PREBOUND_PLACE(15, PreboundObject, buildIdAt) +
    PREBOUND_PLACE(16, PreboundObject, buildIdDigest) +
    PREBOUND_PLACE(17, PreboundObject, buildIdSize) +
    PREBOUND_PLACE(18, PreboundObject, headersCount) +
    PREBOUND_PLACE(19, PreboundObject, file) +
    PREBOUND_PLACE(20, PreboundObject, probeAt) +
    PREBOUND_PLACE(21, PreboundObject, probeRaw) +
    PREBOUND_PLACE(22, PreboundObject, probeOwn) +
    PREBOUND_PLACE(23, PreboundObject, path) +
    PREBOUND_PLACE(24, PreboundObject, state) +
    PREBOUND_PLACE(25, PreboundObject, strips) +
    PREBOUND_PLACE(26, PreboundObject, values) +
    PREBOUND_PLACE(27, PreboundObject, places) +
    PREBOUND_PLACE(28, PreboundObject, providers) +
    PREBOUND_PLACE(29, PreboundObject, rest) +
    PREBOUND_PLACE(65, PreboundObject, pages) +
    PREBOUND_PLACE(66, PreboundPages, begin) +
    PREBOUND_PLACE(67, PreboundPages, count) +
    PREBOUND_PLACE(30, PreboundHeader, magic) +
    PREBOUND_PLACE(31, PreboundHeader, layout) +
    PREBOUND_PLACE(32, PreboundHeader, size) +
    PREBOUND_PLACE(33, PreboundHeader, zero) +
    PREBOUND_PLACE(34, PreboundHeader, sums) +
    PREBOUND_PLACE(35, PreboundHeader, objects) +
    PREBOUND_PLACE(36, PreboundHeader, text) +
    PREBOUND_PLACE(37, PreboundHeader, hook) +
    PREBOUND_PLACE(38, PreboundHeader, flags) +
    PREBOUND_PLACE(39, PreboundHeader, program) +
    PREBOUND_PLACE(40, PreboundHeader, preload) +
    PREBOUND_PLACE(41, PreboundHeader, libraryPath) +
    PREBOUND_PLACE(42, PreboundHeader, restCount) +
    PREBOUND_PLACE(51, PreboundObject, index) +
    PREBOUND_PLACE(52, PreboundObject, keepsPlt) +
    PREBOUND_PLACE(53, PreboundGroup, first) +
    PREBOUND_PLACE(54, PreboundGroup, count) +
    PREBOUND_PLACE(55, PreboundHeader, opened) +
    PREBOUND_PLACE(56, PreboundHeader, groups) +
    PREBOUND_PLACE(57, PreboundHeader, globalCount) +
    PREBOUND_PLACE(63, PreboundHeader, staticTls) +
    PREBOUND_PLACE(69, PreboundHeader, chain) +
    PREBOUND_PLACE(70, PreboundHeader, reason) +
    PREBOUND_MIX(58, PREBOUND_NOBODY) + PREBOUND_MIX(43, PreboundRaw) +
    PREBOUND_MIX(61, PreboundRawSpread) + PREBOUND_MIX(62, PreboundRun) +
    PREBOUND_MIX(44, PreboundMixed) + PREBOUND_MIX(45, PreboundIndirect) +
    PREBOUND_MIX(46, PreboundSpread) + PREBOUND_MIX(47, PreboundLeft) +
    PREBOUND_MIX(48, PreboundFirst) + PREBOUND_MIX(49, PreboundBound) +
    PREBOUND_MIX(50, PreboundHasLazy) + PREBOUND_MIX(64, PreboundOfImage);

#endif
