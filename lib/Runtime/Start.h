/*===- Start.h - a start by a table, whoever carries the runtime -*- C -*-===//
//
// ld.so loads the runtime because LD_AUDIT names it (Audit.c) or because
// LD_PRELOAD names a library that needs it (Preload.c). Either way the runtime
// gets control before the first of the program's libraries is relocated which
// it is to bind. One library, the hook, then gets one more relocation: when
// ld.so comes to it, every object is mapped, the list is final, and libc and
// libm, whose indirect functions are asked, are ready. That relocation is of
// type IRELATIVE, and the function that it calls is preboundEnter().
//
// Facts about ld.so, with the versions that they were read in:
// * IRELATIVE relocations of a table come after all its others (2.36,
//   elf/do-rel.h).
// * After the last IRELATIVE relocation ld.so has no relocation of the main
//   table left to read, and it has taken the places and sizes of both tables
//   before it begins.
//
// The process is left as it would be without the runtime: the variables that
// the launcher has set are taken out of the environment, so that no child sees
// them. Programs look for the auxiliary vector behind the environment, so it
// has to follow still: two or four variables are taken out, and entries of type
// AT_IGNORE fill the gap. Four are taken out of programs whose thread-local
// storage needs a tunable: the user's own GLIBC_TUNABLES stays beside the
// launcher's, and the loader reads both. The user's own LD_PRELOAD stays beside
// the launcher's, too: the loader takes the last one, which begins with what
// the user's has.
//
// A program may be started by others, scripts and what they run. The launcher
// names those, and in each of them the variables stay. Whatever else these
// start loses the variables and is left alone, so none of its own children sees
// them. A process knows itself by /proc/self/exe: for a script the kernel gives
// the path of the script as AT_EXECFN.
//
//===----------------------------------------------------------------------===*/

#ifndef OBJPRELINK_RUNTIME_START_H
#define OBJPRELINK_RUNTIME_START_H

#include "Runtime/Process.h"
#include "Runtime/System.h"

enum PreboundMode {
  PreboundUse,
  PreboundDebug,
  PreboundRequire,
  PreboundRecordMode
};

struct PreboundStart {
  /// Set by the carrier: what brings it, LD_AUDIT or LD_PRELOAD, and what is
  /// called when the words are written. It says whether the table stays.
  const char *variable;
  int (*keep)(void);

  enum PreboundMode mode;
  const char *tablePath;
  /// Why the table is not used, or null.
  const char *refusal;
  /// Others start the program of the table. Nothing is said in those.
  int isVia;
  int bindsNow;
  /// A tunable has another order of relocation and of destructors.
  int sortsOtherwise;
  uint32_t user;
  struct PreboundMapping mapping;
  struct PreboundTable table;
  struct PreboundProcess process;
  struct link_map *hooked;
  uint64_t oldTable, oldSize;
  /// The words have been written, or could not be.
  int isEntered;
};

extern struct PreboundStart preboundStart;

/// Says why something is not done, if anybody wants to know.
void preboundReport(const char *object, const char *reason);

/// Reads the environment, and takes out of it what the launcher has put in.
void preboundBegin(char **environment);

/// Maps and reads the table. Returns zero if it is not to be used.
int preboundOpenTable(void);

/// Has preboundEnter() called when \p map, which is not relocated yet, is.
void preboundAddHook(struct link_map *map);

/// Whether the table's hook is \p map.
int preboundIsHook(const struct link_map *map);

#endif
