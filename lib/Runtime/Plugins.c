#include "Runtime/Plugins.h"
#include "Runtime/System.h"

/// What the cookie of an object says: nothing that concerns us, an object that
/// no group accounts for, or the index of one that a group has, plus
/// kCookieKnown.
enum { kCookieNone = 0, kCookieStranger = 1, kCookieKnown = 2 };

/// How far into a link_map ld.so's scopes may be: it has 1,150 to 1,200 bytes
/// from 2.35 to 2.42, and the scopes are not at its end.
#define MOST_WORDS 136
/// No member of a link_map is farther behind its beginning.
#define MOST_DISTANCE 2048

void preboundPluginsReset(struct PreboundPlugins *plugins) {
  plugins->root = 0;
  plugins->group = 0;
  plugins->count = 0;
  plugins->hasOld = 0;
  plugins->news = 0;
}

/// Whether \p map looks symbols up in the program's search list first, then in
/// that of \p root, and nowhere else before.
static int hasPlainScope(const struct PreboundPlugins *plugins,
                         const struct link_map *map) {
  const uint64_t first = (uint64_t)plugins->process->first;
  const uint64_t root = (uint64_t)plugins->root;
  const uint64_t *word = (const uint64_t *)map;
  for (unsigned i = 0; i + 1 < MOST_WORDS; ++i) {
    const uint64_t distance = word[i] - first;
    if (!distance || distance >= MOST_DISTANCE || distance % 8 ||
        word[i + 1] - root != distance)
      continue;
    // A list of maps, and their number.
    const uint64_t *list = (const uint64_t *)word[i];
    return list[0] && *(const uint64_t *)list[0] == first &&
           (uint32_t)list[1] == plugins->process->table->header->globalCount;
  }
  return 0;
}

static const struct PreboundObject *
memberOf(const struct PreboundPlugins *plugins, uint32_t place) {
  return &plugins->process->table->opened[plugins->group->first + place];
}

/// Passes the objects of the group that have been opened before.
static void passOld(struct PreboundPlugins *plugins) {
  while (plugins->count < plugins->group->count &&
         plugins->process->maps[memberOf(plugins, plugins->count)->index]) {
    ++plugins->count;
    plugins->hasOld = 1;
  }
}

static const char *compare(const struct PreboundPlugins *plugins,
                           struct PreboundReason *why) {
  // A stranger may answer to a name that was meant for one which is there.
  if (plugins->hasOld && plugins->strangers != plugins->news)
    return "other objects have been opened before";
  for (uint32_t i = 0; i < plugins->group->count; ++i) {
    const struct PreboundObject *object = memberOf(plugins, i);
    if (plugins->process->maps[object->index])
      continue;
    const struct link_map *map = plugins->coming[object->index].map;
    why->object = preboundText(plugins->process->table, object->path);
    if (!hasPlainScope(plugins, map))
      return "its symbols are looked up in another order";
    const char *reason = preboundCheckObject(plugins->process, object, map);
    if (reason)
      return reason;
  }
  return 0;
}

/// Gets memory for what is left to ld.so.
static const char *reserve(const struct PreboundPlugins *plugins) {
  const char *reason = 0;
  for (uint32_t i = 0; i < plugins->group->count && !reason; ++i) {
    const struct PreboundObject *object = memberOf(plugins, i);
    struct PreboundComing *coming = &plugins->coming[object->index];
    if (plugins->process->maps[object->index] || !object->rest.count)
      continue;
    coming->restSize = object->rest.count * sizeof(Elf64_Rela);
    coming->rest = preboundMap(-1, coming->restSize);
    if (!coming->rest)
      reason = "there is no memory";
  }
  return reason;
}

/// The objects of the group, which are \p known or not worth it.
static void settle(struct PreboundPlugins *plugins, int isKnown) {
  struct PreboundProcess *process = plugins->process;
  for (uint32_t i = 0; i < plugins->group->count; ++i) {
    const struct PreboundObject *object = memberOf(plugins, i);
    struct PreboundComing *coming = &plugins->coming[object->index];
    if (process->maps[object->index])
      continue;
    if (isKnown) {
      process->maps[object->index] = coming->map;
      process->bases[object->index] = coming->map->l_addr + object->linkedAt;
      // It is the object's, so it has to go with it.
      *coming->cookie = kCookieKnown + object->index;
      --plugins->strangers;
    } else if (coming->rest) {
      preboundUnmap(coming->rest, coming->restSize);
      coming->rest = 0;
    }
  }
}

static void apply(struct PreboundPlugins *plugins) {
  for (uint32_t i = 0; i < plugins->group->count; ++i) {
    const struct PreboundObject *object = memberOf(plugins, i);
    const struct PreboundComing *coming = &plugins->coming[object->index];
    // Only those of this dlopen() have been told to come.
    if (coming->cookie && object->state == PreboundBound)
      preboundApplyObject(plugins->process, object, coming->map, coming->rest);
  }
  for (uint32_t i = 0; i < plugins->group->count; ++i)
    plugins->coming[memberOf(plugins, i)->index].cookie = 0;
}

int preboundPluginOpened(struct PreboundPlugins *plugins, struct link_map *map,
                         uintptr_t *cookie, struct PreboundReason *why) {
  const struct PreboundTable *table = plugins->process->table;
  *cookie = kCookieStranger;
  ++plugins->strangers;
  ++plugins->news;
  why->object = map->l_name;
  why->reason = 0;
  if (!plugins->root) {
    plugins->root = map;
    for (uint32_t i = 0; i < table->header->groups.count; ++i) {
      const struct PreboundGroup *group = &table->groups[i];
      const struct PreboundObject *object = &table->opened[group->first];
      if (!plugins->process->maps[object->index] &&
          preboundIsObject(object, map))
        plugins->group = group;
    }
    if (!plugins->group)
      why->reason = "it is no plugin of the table";
  }
  if (!plugins->group)
    return why->reason != 0;
  passOld(plugins);
  if (plugins->count == plugins->group->count ||
      !preboundIsObject(memberOf(plugins, plugins->count), map)) {
    plugins->group = 0;
    why->reason = "it is not what the table has in this place";
    return 1;
  }
  struct PreboundComing *coming =
      &plugins->coming[memberOf(plugins, plugins->count)->index];
  coming->map = map;
  coming->cookie = cookie;
  coming->rest = 0;
  ++plugins->count;
  passOld(plugins);
  if (plugins->count < plugins->group->count)
    return 0;
  why->reason = compare(plugins, why);
  if (!why->reason)
    why->reason = reserve(plugins);
  settle(plugins, !why->reason);
  if (!why->reason) {
    apply(plugins);
    why->object = plugins->root->l_name;
  }
  plugins->group = 0;
  return 1;
}

void preboundPluginClosed(struct PreboundPlugins *plugins, uintptr_t *cookie) {
  const struct PreboundTable *table = plugins->process->table;
  if (*cookie == kCookieStranger)
    --plugins->strangers;
  // What fails to load was not announced, and has an address here.
  const uint64_t index = *cookie - kCookieKnown;
  if (index >= table->objectCount &&
      index < (uint64_t)table->objectCount + table->header->opened.count) {
    struct PreboundComing *coming = &plugins->coming[index];
    if (coming->rest)
      preboundUnmap(coming->rest, coming->restSize);
    coming->rest = 0;
    plugins->process->maps[index] = 0;
    plugins->process->bases[index] = 0;
  }
  *cookie = kCookieNone;
}
