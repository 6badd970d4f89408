/*===- Plugins.h - what a program opens after its start ---------*- C -*-===//
//
// A group of objects is known by the first one, for which dlopen() is called.
// Its words are written when the last object of the group that is not there yet
// is mapped: the next call that ld.so makes comes too late since glibc 2.41
// (and some of 2.39 and 2.40). The same dlopen() can load nothing else then:
// the maker takes only groups of which every object is needed by its DT_SONAME,
// so that ld.so finds each in its list, whatever files there are.
//
// The library that has a symbol also depends on where ld.so looks: first in the
// program's search list, which has to be as long as at the start (RTLD_GLOBAL
// makes it longer), then in that of the opened object, and not the other way
// round (RTLD_DEEPBIND). Both lists are named in a link_map behind its public
// members. Their place there differs by version, so they are known by their
// values: two words that follow each other, of which the first is as far behind
// the program's link_map as the second is behind the opened object's. Where
// there are no such words, nothing is written.
//
//===----------------------------------------------------------------------===*/

#ifndef OBJPRELINK_RUNTIME_PLUGINS_H
#define OBJPRELINK_RUNTIME_PLUGINS_H

#include "Runtime/Process.h"

#ifdef __cplusplus
extern "C" {
#endif

/// By index of a provider.
struct PreboundComing {
  struct link_map *map;
  uintptr_t *cookie;
  /// A copy of the relocations that ld.so is left, and its size.
  Elf64_Rela *rest;
  uint64_t restSize;
};

struct PreboundPlugins {
  /// Its lists go on with the objects that have been opened by the table: a
  /// map is null where there is none.
  struct PreboundProcess *process;
  struct PreboundComing *coming;
  /// The object that dlopen() was asked for, and its group, if it is known.
  struct link_map *root;
  const struct PreboundGroup *group;
  /// How many objects of the group are there.
  uint32_t count;
  /// Whether one of them had been opened before.
  int hasOld;
  /// How many objects are open that no group accounts for, and how many of
  /// these have been opened since the last call of preboundPluginsReset().
  uint32_t strangers, news;
};

/// Another dlopen() or dlclose() begins or ends.
void preboundPluginsReset(struct PreboundPlugins *plugins);

/// ld.so has mapped \p map. Returns nonzero if that was the last one of a group
/// or something did not fit; \p why has no reason if the words are written.
int preboundPluginOpened(struct PreboundPlugins *plugins, struct link_map *map,
                         uintptr_t *cookie, struct PreboundReason *why);

/// ld.so is about to unmap the object with \p cookie.
void preboundPluginClosed(struct PreboundPlugins *plugins, uintptr_t *cookie);

#ifdef __cplusplus
}
#endif

#endif
