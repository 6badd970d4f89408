/*===- Audit.c - the runtime as an object that ld.so asks -----------------===//
//
// ld.so loads this object before the program's libraries because LD_AUDIT names
// it (rtld-audit(7)). ld.so makes no call to it between mapping the last
// library and relocating the first, so one of the libraries calls it (Start.h).
//
// Facts about ld.so, with the versions that they were read in:
// * la_version gets 2 since glibc 2.35. In older versions any object like this
//   one makes all calls slow for ever, so they are refused.
// * Constructors get argc, argv and the environment, and run before
//   la_version. ld.so has read the environment by then and reads it no more.
// * la_activity says "consistent" for the first time behind the relocations of
//   the start and before any initialiser (2.31 to 2.42).
//
//===----------------------------------------------------------------------===*/

#include "Runtime/Plugins.h"
#include "Runtime/Start.h"
#include <link.h>

#define EXPORT __attribute__((visibility("default")))

extern EXPORT unsigned la_version(unsigned version);
extern EXPORT unsigned la_objopen(struct link_map *map, Lmid_t space,
                                  uintptr_t *cookie);
extern EXPORT unsigned la_objclose(uintptr_t *cookie);
extern EXPORT void la_activity(uintptr_t *cookie, unsigned what);

/// Of what is opened later; "process" is null where the table has nothing to do
/// with that.
static struct PreboundPlugins plugins;
/// The start is over.
static int isOver;
/// An object has been opened since ld.so has said what it is about to do.
static int hasOpened;

/// Keeps the table and the lists for what is opened later. Returns zero if
/// there is nothing to wait for. In the old order of destructors, a binding
/// which ld.so notes counts even where the one object needs the other.
static int awaitPlugins(void) {
  const struct PreboundTable *table = &preboundStart.table;
  if (!table->header->groups.count || preboundStart.sortsOtherwise)
    return 0;
  const uint64_t count =
      (uint64_t)table->objectCount + table->header->opened.count;
  plugins.coming = preboundMap(-1, count * sizeof(struct PreboundComing));
  if (!plugins.coming)
    return 0;
  plugins.process = &preboundStart.process;
  return 1;
}

__attribute__((constructor)) static void begin(int count, char **arguments,
                                               char **environment) {
  (void)count;
  (void)arguments;
  preboundStart.variable = "LD_AUDIT";
  preboundStart.keep = awaitPlugins;
  preboundBegin(environment);
}

EXPORT unsigned la_version(unsigned version) {
  if (!preboundStart.refusal && version < 2)
    preboundStart.refusal = "the loader is older than that of glibc 2.35";
  return preboundOpenTable() ? 2 : 0;
}

/// The program opens \p map, or something that needs it.
static void open(struct link_map *map, uintptr_t *cookie) {
  if (preboundStart.mode == PreboundRecordMode && !hasOpened)
    preboundRecord(preboundStart.tablePath, map->l_name);
  hasOpened = 1;
  if (!plugins.process)
    return;
  struct PreboundReason why;
  if (preboundPluginOpened(&plugins, map, cookie, &why) &&
      preboundStart.mode == PreboundDebug)
    preboundReport(why.object, why.reason ? why.reason : "applied");
}

EXPORT unsigned la_objopen(struct link_map *map, Lmid_t space,
                           uintptr_t *cookie) {
  *cookie = 0;
  if (space != LM_ID_BASE)
    return 0;
  if (isOver) {
    open(map, cookie);
    return 0;
  }
  if (!preboundStart.process.first)
    preboundStart.process.first = map;
  if (!preboundStart.hooked && preboundIsHook(map))
    preboundAddHook(map);
  return 0;
}

EXPORT unsigned la_objclose(uintptr_t *cookie) {
  if (plugins.process)
    preboundPluginClosed(&plugins, cookie);
  return 0;
}

/// The list is complete and relocated when it is said to be consistent for the
/// first time. After that, objects are opened and closed between one call and
/// the next.
EXPORT void la_activity(uintptr_t *cookie, unsigned what) {
  (void)cookie;
  hasOpened = 0;
  if (isOver) {
    if (plugins.process)
      preboundPluginsReset(&plugins);
    return;
  }
  if (what != LA_ACT_CONSISTENT)
    return;
  isOver = 1;
  if (preboundStart.isEntered)
    return;
  preboundReport(0,
                 "the object that the runtime enters by has not been loaded");
  preboundUnmap(preboundStart.mapping.data, preboundStart.mapping.size);
}
