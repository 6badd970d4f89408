#include "Runtime/Start.h"
#include "Runtime/Name.h"
#include <elf.h>
#include <link.h>
#include <sys/syscall.h>

struct PreboundStart preboundStart;

/// The word of the relocation that calls us.
static uint64_t ignored;

void preboundReport(const char *object, const char *reason) {
  const struct PreboundStart *start = &preboundStart;
  if (start->mode == PreboundUse || (start->isVia && start->refusal))
    return;
  const char *const texts[] = {"objprelink-start: ",
                               start->mode == PreboundRequire ? "error: " : "",
                               start->tablePath,
                               object ? ": " : "",
                               object ? object : "",
                               ": ",
                               reason,
                               0};
  preboundSay(texts);
  if (start->mode == PreboundRequire)
    preboundCall(SYS_exit_group, 126, 0, 0, 0, 0, 0);
}

/// Whether \p value, of LD_PRELOAD, ends with a library that brings us.
static int endsWithChain(const char *value) {
  const char *name = value;
  for (const char *at = value; *at; ++at)
    if (*at == '/')
      name = at + 1;
  for (const char *chain = PREBOUND_CHAIN; *chain; ++chain, ++name)
    if (*name != *chain)
      return 0;
  return 1;
}

/// Whether the launcher has added \p entry of an environment. A shell has put
/// the variables into an order of its own, and has one of each name.
static int isOurs(char *const *entry, int isMarked) {
  const char *carrier = preboundValueOf(entry[0], preboundStart.variable);
  if (carrier)
    return preboundEqual(preboundStart.variable, "LD_AUDIT") ||
           endsWithChain(carrier);
  if (preboundValueOf(entry[0], "OBJPRELINK_TABLE") ||
      preboundValueOf(entry[0], PREBOUND_TLS_MARK))
    return 1;
  const char *tunables = preboundValueOf(entry[0], "GLIBC_TUNABLES");
  if (!tunables)
    return 0;
  if (preboundStart.isVia)
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
  const int keepsMark = preboundStart.isVia && mine == 3;
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
  struct PreboundStart *start = &preboundStart;
  start->tablePath = value;
  if (!value || *value != ':')
    return 0;
  start->isVia = 1;
  int isOnTheWay = 0;
  for (const char *at = value + 1;; ++at) {
    const char *begin = at;
    while (*at && *at != ':')
      ++at;
    if (!*at) {
      start->tablePath = begin;
      return isOnTheWay;
    }
    isOnTheWay |= runs(begin, at);
  }
}

static enum PreboundMode readMode(const char *wish) {
  if (wish && preboundEqual(wish, "debug"))
    return PreboundDebug;
  if (wish && preboundEqual(wish, "require"))
    return PreboundRequire;
  return wish && preboundEqual(wish, "record") ? PreboundRecordMode
                                               : PreboundUse;
}

/// Why no table may be used in \p environment, or null.
static const char *checkEnvironment(char *const *environment) {
  static const char *const kOthers[] = {"LD_BIND_NOT", "LD_DYNAMIC_WEAK",
                                        "LD_PROFILE",
                                        "LD_TRACE_LOADED_OBJECTS"};
  if (!preboundStart.process.program)
    return "the kernel does not tell the program's path";
  if (preboundAuxiliary(environment, AT_SECURE))
    return "the program is privileged";
  const char *audit = preboundEnvironment(environment, "LD_AUDIT");
  if (audit && !preboundEqual(preboundStart.variable, "LD_AUDIT"))
    return "LD_AUDIT";
  for (; audit && *audit; ++audit)
    if (*audit == ':')
      return "LD_AUDIT names other objects too";
  for (unsigned i = 0; i < sizeof(kOthers) / sizeof(*kOthers); ++i)
    if (preboundEnvironment(environment, kOthers[i]))
      return kOthers[i];
  return 0;
}

void preboundBegin(char **environment) {
  struct PreboundStart *start = &preboundStart;
  start->mode = readMode(preboundEnvironment(environment, "OBJPRELINK"));
  if (readTablePath(preboundEnvironment(environment, "OBJPRELINK_TABLE"))) {
    start->refusal = "the program is one of those that start the table's";
    return;
  }
  const char *now = preboundEnvironment(environment, "LD_BIND_NOW");
  start->bindsNow = now && *now;
  const char *tunables = preboundEnvironment(environment, "GLIBC_TUNABLES");
  for (; tunables && *tunables; ++tunables)
    start->sortsOtherwise |=
        preboundValueOf(tunables, "glibc.rtld.dynamic_sort") != 0;
  start->user = (uint32_t)preboundAuxiliary(environment, AT_UID);
  start->process.kernelAt = preboundAuxiliary(environment, AT_SYSINFO_EHDR);
  start->process.program =
      (const char *)preboundAuxiliary(environment, AT_EXECFN);
  if (!start->tablePath || !preboundEnvironment(environment, start->variable)) {
    start->tablePath = "the runtime";
    start->refusal = "objprelink-start has not started it";
  } else {
    start->refusal = checkEnvironment(environment);
  }
  if (!takeOut(environment) && !start->refusal)
    start->refusal = "the environment is not what objprelink-start makes";
}

int preboundOpenTable(void) {
  struct PreboundStart *start = &preboundStart;
  struct PreboundTable *table = &start->table;
  if (!start->refusal)
    start->refusal =
        preboundMapTable(start->tablePath, start->user, &start->mapping);
  void *data = start->mapping.data;
  const uint64_t size = start->mapping.size;
  // Before the table is summed up, which takes longer.
  if (!start->refusal && start->isVia) {
    start->refusal = preboundRead(data, size, 0, table);
    const char *path =
        start->refusal ? 0 : preboundText(table, table->header->program);
    if (!start->refusal && !runs(path, path + preboundLength(path)))
      start->refusal = "the table is another program's";
    else
      start->isVia = 0;
  }
  if (!start->refusal)
    start->refusal = preboundRead(data, size, 1, table);
  if (!start->refusal && start->bindsNow &&
      (table->header->flags & PreboundHasLazy))
    start->refusal =
        "LD_BIND_NOW is set, and functions are left to the first call";
  if (!start->refusal &&
      preboundEqual(start->variable, "LD_AUDIT") != (table->header->chain == 0))
    start->refusal = "the table is for another way into the process";
  if (!start->refusal)
    return 1;
  preboundReport(0, start->refusal);
  if (data)
    preboundUnmap(data, size);
  return 0;
}

static void giveBack(void) {
  const struct PreboundStart *start = &preboundStart;
  preboundEntry(start->hooked, DT_RELA)->d_un.d_ptr = start->oldTable;
  preboundEntry(start->hooked, DT_RELASZ)->d_un.d_val = start->oldSize;
}

/// What ld.so calls in the place of a resolver.
static uint64_t preboundEnter(void) {
  struct PreboundStart *start = &preboundStart;
  struct PreboundProcess *process = &start->process;
  start->isEntered = 1;
  giveBack();
  // Memory of the kernel's is 0, and what is not read is not there.
  const uint64_t listSize = PREBOUND_BASES * sizeof(uint64_t) +
                            PREBOUND_MOST_OBJECTS * sizeof(struct link_map *);
  char *memory = preboundMap(-1, listSize);
  const uint64_t restSize = start->table.header->restCount * sizeof(Elf64_Rela);
  Elf64_Rela *rest = restSize ? preboundMap(-1, restSize) : 0;
  struct PreboundReason why = {0, "there is no memory"};
  if (memory && (rest || !restSize)) {
    process->table = &start->table;
    process->bases = (uint64_t *)memory;
    process->maps =
        (struct link_map **)(memory + PREBOUND_BASES * sizeof(uint64_t));
    if (preboundCompare(process, &why))
      preboundApply(process, rest);
  }
  preboundCount(start->tablePath, !why.reason);
  // Another number of objects is the environment's doing.
  if (why.reason && why.object)
    preboundMark(start->tablePath);
  if (why.reason)
    preboundReport(why.object, why.reason);
  else if (start->mode != PreboundUse && start->mode != PreboundRequire)
    preboundReport(0, "applied");
  if (!why.reason && start->keep())
    return 0;
  if (memory)
    preboundUnmap(memory, listSize);
  preboundUnmap(start->mapping.data, start->mapping.size);
  return 0;
}

int preboundIsHook(const struct link_map *map) {
  const struct PreboundTable *table = &preboundStart.table;
  const struct PreboundObject *hook = &table->objects[table->header->hook];
  // Two libraries may have the same dynamic table.
  return map != preboundStart.process.first && preboundIsObject(hook, map) &&
         preboundIsSame(map->l_name, &hook->file);
}

void preboundAddHook(struct link_map *map) {
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
  preboundStart.oldTable = tableEntry->d_un.d_ptr;
  preboundStart.oldSize = size;
  tableEntry->d_un.d_ptr = (uint64_t)copy;
  sizeEntry->d_un.d_val = size + sizeof(Elf64_Rela);
  preboundStart.hooked = map;
}
