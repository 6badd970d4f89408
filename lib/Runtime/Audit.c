/*===- Audit.c - the runtime as an object that ld.so asks -----------------===//
//
// ld.so loads this object before the program's libraries because LD_AUDIT names
// it (rtld-audit(7)). ld.so makes no call to it between mapping the last
// library and relocating the first. One library therefore gets one more
// relocation: when ld.so comes to it, every object is mapped, the list is
// final, and libc and libm, whose indirect functions are asked, are ready. That
// relocation is of type IRELATIVE, and the function that it calls is
// preboundEnter().
//
// Facts about ld.so, with the versions that they were read in:
// * la_version gets 2 since glibc 2.35. In older versions any object like this
//   one makes all calls slow for ever, so they are refused.
// * Constructors get argc, argv and the environment, and run before
//   la_version. ld.so has read the environment by then and reads it no more.
// * IRELATIVE relocations of a table come after all its others (2.36,
//   elf/do-rel.h).
// * la_activity says "consistent" for the first time behind the relocations of
//   the start and before any initialiser (2.31 to 2.42).
// * After the last IRELATIVE relocation ld.so has no relocation of the main
//   table left to read, and it has taken the places and sizes of both tables
//   before it begins.
//
// The process is left as it would be without this object: the variables that
// the launcher has set are taken out of the environment, so that no child sees
// them. Programs look for the auxiliary vector behind the environment, so it
// has to follow still: two or four variables are taken out, and entries of type
// AT_IGNORE fill the gap. Four are taken out of programs whose thread-local
// storage needs a tunable: the user's own GLIBC_TUNABLES stays beside the
// launcher's, and the loader reads both.
//
// A program may be started by others, scripts and what they run. The launcher
// names those, and in each of them the variables stay. Whatever else these
// start loses the variables and is left alone, so none of its own children sees
// them. A process knows itself by /proc/self/exe: for a script the kernel gives
// the path of the script as AT_EXECFN.
//
//===----------------------------------------------------------------------===*/

#include "Runtime/Name.h"
#include "Runtime/Plugins.h"
#include "Runtime/System.h"
#include <elf.h>
#include <link.h>
#include <sys/syscall.h>

#define EXPORT __attribute__((visibility("default")))

extern EXPORT unsigned la_version(unsigned version);
extern EXPORT unsigned la_objopen(struct link_map *map, Lmid_t space,
                                  uintptr_t *cookie);
extern EXPORT unsigned la_objclose(uintptr_t *cookie);
extern EXPORT void la_activity(uintptr_t *cookie, unsigned what);

enum Mode { Use, Debug, Require, Record };

static enum Mode mode;
static const char *tablePath;
static const char *refusal;
/// Others start the program of the table. Nothing is said in those.
static int isVia;
static int bindsNow;
/// A tunable has the old order of destructors. In that one, a binding which
/// ld.so notes counts even where the one object needs the other.
static int sortsOtherwise;
static uint32_t user;
static uint64_t kernelAt;
static const char *program;
static struct PreboundMapping mapping;
static struct PreboundTable table;
static struct PreboundProcess process;
/// Of what is opened later; "process" is null where the table has nothing to do
/// with that.
static struct PreboundPlugins plugins;
static struct link_map *first;
static struct link_map *hooked;
static uint64_t oldTable, oldSize;
/// The start has been entered; the start is over.
static int isEntered, isOver;
/// An object has been opened since ld.so has said what it is about to do.
static int hasOpened;
/// The word of the relocation that calls us.
static uint64_t ignored;

static void say(const char *object, const char *reason) {
  if (mode == Use || (isVia && refusal))
    return;
  const char *const texts[] = {"objprelink-start: ",
                               mode == Require ? "error: " : "",
                               tablePath,
                               object ? ": " : "",
                               object ? object : "",
                               ": ",
                               reason,
                               0};
  preboundSay(texts);
  if (mode == Require)
    preboundCall(SYS_exit_group, 126, 0, 0, 0, 0, 0);
}

/// Whether the launcher has added \p entry of an environment. A shell has put
/// the variables into an order of its own, and has one of each name.
static int isOurs(char *const *entry, int isMarked) {
  if (preboundValueOf(entry[0], "LD_AUDIT") ||
      preboundValueOf(entry[0], "OBJPRELINK_TABLE") ||
      preboundValueOf(entry[0], PREBOUND_TLS_MARK))
    return 1;
  const char *tunables = preboundValueOf(entry[0], "GLIBC_TUNABLES");
  if (!tunables)
    return 0;
  if (isVia)
    return isMarked && preboundValueOf(tunables, PREBOUND_TLS_TUNABLE);
  return entry[1] && preboundValueOf(entry[1], PREBOUND_TLS_MARK);
}

/// Takes the variables of the launcher out of \p environment. Returns whether
/// they were what it sets.
static int takeOut(char **environment) {
  const int isMarked = preboundEnvironment(environment, PREBOUND_TLS_MARK) != 0;
  uint32_t mine = 0, count = 0;
  for (; environment[count]; ++count)
    mine += isOurs(environment + count, isMarked) != 0;
  // A script has set GLIBC_TUNABLES itself: the mark, which says nothing,
  // stays.
  const int keepsMark = isVia && mine == 3;
  mine -= keepsMark;
  if (mine != 2 && mine != 4)
    return 0;
  char **to = environment;
  for (uint32_t i = 0; i < count; ++i)
    if (!isOurs(environment + i, isMarked) ||
        (keepsMark && preboundValueOf(environment[i], PREBOUND_TLS_MARK)))
      *to++ = environment[i];
  *to = 0;
  // The first member of each pair says what it is.
  for (uint32_t i = 1; i <= mine; ++i)
    to[i] = (char *)(uintptr_t)(i % 2 ? AT_IGNORE : 0);
  return 1;
}

/// Whether this process runs the file at the path that ends at \p end.
static int runs(const char *path, const char *end) {
  char copy[4096];
  struct stat own, other;
  const size_t size = (size_t)(end - path);
  if (size >= sizeof(copy))
    return 0;
  for (size_t i = 0; i < size; ++i)
    copy[i] = path[i];
  copy[size] = 0;
  return preboundStat("/proc/self/exe", &own) && preboundStat(copy, &other) &&
         own.st_dev == other.st_dev && own.st_ino == other.st_ino;
}

/// Reads the value of OBJPRELINK_TABLE: a path, or a colon and paths with
/// colons between, of which the last is the table. Returns whether this process
/// runs one of the others.
static int readTablePath(const char *value) {
  tablePath = value;
  if (!value || *value != ':')
    return 0;
  isVia = 1;
  int isOnTheWay = 0;
  for (const char *at = value + 1;; ++at) {
    const char *begin = at;
    while (*at && *at != ':')
      ++at;
    if (!*at) {
      tablePath = begin;
      return isOnTheWay;
    }
    isOnTheWay |= runs(begin, at);
  }
}

__attribute__((constructor)) static void begin(int count, char **arguments,
                                               char **environment) {
  (void)count;
  (void)arguments;
  const char *wish = preboundEnvironment(environment, "OBJPRELINK");
  if (wish && preboundEqual(wish, "debug"))
    mode = Debug;
  if (wish && preboundEqual(wish, "require"))
    mode = Require;
  if (wish && preboundEqual(wish, "record"))
    mode = Record;
  if (readTablePath(preboundEnvironment(environment, "OBJPRELINK_TABLE"))) {
    refusal = "the program is one of those that start the table's";
    return;
  }
  const char *audit = preboundEnvironment(environment, "LD_AUDIT");
  const char *now = preboundEnvironment(environment, "LD_BIND_NOW");
  bindsNow = now && *now;
  const char *tunables = preboundEnvironment(environment, "GLIBC_TUNABLES");
  for (; tunables && *tunables; ++tunables)
    sortsOtherwise |= preboundValueOf(tunables, "glibc.rtld.dynamic_sort") != 0;
  user = (uint32_t)preboundAuxiliary(environment, AT_UID);
  kernelAt = preboundAuxiliary(environment, AT_SYSINFO_EHDR);
  program = (const char *)preboundAuxiliary(environment, AT_EXECFN);
  if (!tablePath || !audit) {
    tablePath = "the runtime";
    refusal = "objprelink-start has not started it";
  } else if (!program) {
    refusal = "the kernel does not tell the program's path";
  } else if (preboundAuxiliary(environment, AT_SECURE)) {
    refusal = "the program is privileged";
  } else {
    for (const char *at = audit; *at && !refusal; ++at)
      if (*at == ':')
        refusal = "LD_AUDIT names other objects too";
    static const char *const kOthers[] = {"LD_BIND_NOT", "LD_DYNAMIC_WEAK",
                                          "LD_PROFILE",
                                          "LD_TRACE_LOADED_OBJECTS"};
    for (unsigned i = 0; i < sizeof(kOthers) / sizeof(*kOthers); ++i)
      if (preboundEnvironment(environment, kOthers[i]))
        refusal = kOthers[i];
  }
  if (!takeOut(environment) && !refusal)
    refusal = "the environment is not what objprelink-start makes";
}

EXPORT unsigned la_version(unsigned version) {
  if (!refusal && version < 2)
    refusal = "the loader is older than that of glibc 2.35";
  if (!refusal)
    refusal = preboundMapTable(tablePath, user, &mapping);
  // Before the table is summed up, which takes longer.
  if (!refusal && isVia) {
    refusal = preboundRead(mapping.data, mapping.size, 0, &table);
    const char *path =
        refusal ? 0 : preboundText(&table, table.header->program);
    if (!refusal && !runs(path, path + preboundLength(path)))
      refusal = "the table is another program's";
    else
      isVia = 0;
  }
  if (!refusal)
    refusal = preboundRead(mapping.data, mapping.size, 1, &table);
  if (!refusal && bindsNow && (table.header->flags & PreboundHasLazy))
    refusal = "LD_BIND_NOW is set, and functions are left to the first call";
  if (refusal) {
    say(0, refusal);
    if (mapping.data)
      preboundUnmap(mapping.data, mapping.size);
    return 0;
  }
  return 2;
}

static void giveBack(void) {
  preboundEntry(hooked, DT_RELA)->d_un.d_ptr = oldTable;
  preboundEntry(hooked, DT_RELASZ)->d_un.d_val = oldSize;
}

/// Keeps the table and the lists for what is opened later. Returns zero if
/// there is nothing to wait for.
static int awaitPlugins(void) {
  if (!table.header->groups.count || sortsOtherwise)
    return 0;
  const uint64_t count =
      (uint64_t)table.objectCount + table.header->opened.count;
  plugins.coming = preboundMap(-1, count * sizeof(struct PreboundComing));
  if (!plugins.coming)
    return 0;
  plugins.process = &process;
  return 1;
}

/// What ld.so calls in the place of a resolver.
static uint64_t preboundEnter(void) {
  isEntered = 1;
  giveBack();
  // Memory of the kernel's is 0, and what is not read is not there.
  const uint64_t listSize = PREBOUND_BASES * sizeof(uint64_t) +
                            PREBOUND_MOST_OBJECTS * sizeof(struct link_map *);
  char *memory = preboundMap(-1, listSize);
  const uint64_t restSize = table.header->restCount * sizeof(Elf64_Rela);
  Elf64_Rela *rest = restSize ? preboundMap(-1, restSize) : 0;
  struct PreboundReason why = {0, "there is no memory"};
  if (memory && (rest || !restSize)) {
    process.table = &table;
    process.first = first;
    process.program = program;
    process.kernelAt = kernelAt;
    process.bases = (uint64_t *)memory;
    process.maps =
        (struct link_map **)(memory + PREBOUND_BASES * sizeof(uint64_t));
    if (preboundCompare(&process, &why))
      preboundApply(&process, rest);
  }
  preboundCount(tablePath, !why.reason);
  // Another number of objects is the environment's doing.
  if (why.reason && why.object)
    preboundMark(tablePath);
  if (why.reason)
    say(why.object, why.reason);
  else if (mode != Use && mode != Require)
    say(0, "applied");
  if (!why.reason && awaitPlugins())
    return 0;
  if (memory)
    preboundUnmap(memory, listSize);
  preboundUnmap(mapping.data, mapping.size);
  return 0;
}

/// Gives \p map, which is not relocated yet, a table of relocations with one
/// more.
static void addHook(struct link_map *map) {
  Elf64_Dyn *tableEntry = preboundEntry(map, DT_RELA);
  Elf64_Dyn *sizeEntry = preboundEntry(map, DT_RELASZ);
  if (!tableEntry || !sizeEntry)
    return;
  const uint64_t size = sizeEntry->d_un.d_val;
  if (tableEntry->d_un.d_ptr - map->l_addr >= PREBOUND_ADDRESSES ||
      size % sizeof(Elf64_Rela))
    return;
  Elf64_Rela *copy = preboundMap(-1, size + sizeof(Elf64_Rela));
  if (!copy)
    return;
  const Elf64_Rela *old = (const Elf64_Rela *)tableEntry->d_un.d_ptr;
  const uint64_t count = size / sizeof(Elf64_Rela);
  for (uint64_t i = 0; i < count; ++i)
    copy[i] = old[i];
  copy[count].r_offset = (uint64_t)&ignored - map->l_addr;
  copy[count].r_info = ELF64_R_INFO(0, R_X86_64_IRELATIVE);
  copy[count].r_addend = (int64_t)((uint64_t)&preboundEnter - map->l_addr);
  oldTable = tableEntry->d_un.d_ptr;
  oldSize = size;
  tableEntry->d_un.d_ptr = (uint64_t)copy;
  sizeEntry->d_un.d_val = size + sizeof(Elf64_Rela);
  hooked = map;
}

/// The program opens \p map, or something that needs it.
static void open(struct link_map *map, uintptr_t *cookie) {
  if (mode == Record && !hasOpened)
    preboundRecord(tablePath, map->l_name);
  hasOpened = 1;
  if (!plugins.process)
    return;
  struct PreboundReason why;
  if (preboundPluginOpened(&plugins, map, cookie, &why) && mode == Debug)
    say(why.object, why.reason ? why.reason : "applied");
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
  if (!first)
    first = map;
  if (!hooked && map != first &&
      preboundIsObject(&table.objects[table.header->hook], map))
    addHook(map);
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
  if (isEntered)
    return;
  say(0, "the object that the runtime enters by has not been loaded");
  preboundUnmap(mapping.data, mapping.size);
}
