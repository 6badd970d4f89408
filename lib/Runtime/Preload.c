/*===- Preload.c - the runtime as a library of the program ----------------===//
//
// An audit object changes where the thread-local storage of the program's
// libraries is, and makes calls slow before glibc 2.35. Where that does harm,
// LD_PRELOAD names the first of a chain of
empty libraries, each of which needs
// the next one; the last needs this library, which needs nothing. ld.so maps
// breadth first and relocates what nothing is needed by first, the last ones
// before others, so this library is relocated before all that the table binds
// if the chain is long enough: the maker of the table finds out how long.
//
// This library has one relocation of type IRELATIVE of its own, whose function
// is called at that time. All objects are mapped and the list is final, so the
// hook can be found and given its relocation (Start.h). Nothing may be called
// that is not in here: not even libc is relocated yet.
//
// Facts about ld.so, with the versions that they were read in (2.31, 2.34, 2.36
// and 2.41):
// * The last LD_PRELOAD of an environment counts (process_envvars in
//   elf/rtld.c), and the loader reads it no more when it relocates.
// * DT_DEBUG of the program leads to its list of objects before anything but
//   the loader itself is mapped; _r_debug does, too, where a program has no
//   such entry.
// * __libc_stack_end, of the loader, is where argc, the arguments, the
//   environment and the auxiliary vector are. In a program that has a copy of
//   this variable, the copy is null so early; such a start is left alone.
//
//===----------------------------------------------------------------------===*/

#include "Runtime/Start.h"
#include <elf.h>
#include <link.h>

extern uint64_t *__libc_stack_end __attribute__((weak));
extern struct r_debug _r_debug __attribute__((weak));

/// The list of ld.so, as the program at \p headers knows it; null if it does
/// not.
static struct link_map *findList(const Elf64_Phdr *headers, uint64_t count) {
  uint64_t base = 0;
  int isKnown = 0;
  for (uint64_t i = 0; i < count; ++i)
    if (headers[i].p_type == PT_PHDR) {
      base = (uint64_t)headers - headers[i].p_vaddr;
      isKnown = 1;
    }
  for (uint64_t i = 0; i < count && isKnown; ++i) {
    if (headers[i].p_type != PT_DYNAMIC)
      continue;
    for (const Elf64_Dyn *entry =
             (const Elf64_Dyn *)(base + headers[i].p_vaddr);
         entry->d_tag != DT_NULL; ++entry)
      if (entry->d_tag == DT_DEBUG && entry->d_un.d_ptr)
        return ((const struct r_debug *)entry->d_un.d_ptr)->r_map;
  }
  return &_r_debug ? _r_debug.r_map : 0;
}

typedef uint64_t Word __attribute__((aligned(1), may_alias));

/// Whether \p map, which is the hook, has not been relocated yet. After that
/// its dynamic table may be read-only.
static int isInTime(const struct link_map *map) {
  const struct PreboundTable *table = &preboundStart.table;
  const struct PreboundObject *hook = &table->objects[table->header->hook];
  return hook->probeAt &&
         *(const Word *)(map->l_addr + hook->probeAt) == hook->probeRaw;
}

static int keepNothing(void) {
  return 0;
}

static void begin(char **environment) {
  struct PreboundStart *start = &preboundStart;
  start->variable = "LD_PRELOAD";
  start->keep = keepNothing;
  preboundBegin(environment);
  if (!preboundOpenTable())
    return;
  start->process.first =
      findList((const Elf64_Phdr *)preboundAuxiliary(environment, AT_PHDR),
               preboundAuxiliary(environment, AT_PHNUM));
  const char *reason = "the object that the runtime enters by has not been "
                       "loaded";
  for (struct link_map *map = start->process.first; map && !start->hooked;
       map = map->l_next)
    if (preboundIsHook(map)) {
      reason = "the object that the runtime enters by has been relocated";
      if (isInTime(map))
        preboundAddHook(map);
    }
  if (start->hooked)
    return;
  preboundReport(0, reason);
  preboundUnmap(start->mapping.data, start->mapping.size);
}

static void nothing(void) {}

static void (*choose(void))(void) {
  uint64_t *stack = &__libc_stack_end ? __libc_stack_end : 0;
  if (stack)
    begin((char **)(stack + 1 + stack[0] + 1));
  return nothing;
}

/// Its address is what the relocation is for.
static void chosen(void) __attribute__((ifunc("choose")));
__attribute__((used)) static void (*const volatile wanted)(void) = chosen;
