/*===- Key.c - whether the process is what a table was made for -----------===//
//
// The checks go from cheap and safe to expensive: first ld.so's list, then the
// dynamic tables that it leads to, and only then the headers, which are read at
// an address that the dynamic table has vouched for. The file behind each name
// is compared last: if its contents differ in nothing that is mapped and small
// (a function moved, with the build-id kept), its time of change differs.
//
//===----------------------------------------------------------------------===*/

#include "Runtime/Process.h"
#include "Runtime/System.h"

typedef uint64_t Word __attribute__((aligned(1), may_alias));

uint64_t preboundDynamicDigest(const struct link_map *map) {
  uint64_t digest = 0;
  for (const Elf64_Dyn *entry = map->l_ld; entry->d_tag != DT_NULL; ++entry)
    digest = preboundAddDynamic(digest, entry->d_tag, entry->d_un.d_val,
                                map->l_addr);
  return digest;
}

Elf64_Dyn *preboundEntry(const struct link_map *map, int64_t tag) {
  Elf64_Dyn *found = 0;
  for (Elf64_Dyn *entry = map->l_ld; entry->d_tag != DT_NULL; ++entry)
    if (entry->d_tag == tag)
      found = entry;
  return found;
}

int preboundIsObject(const struct PreboundObject *object,
                     const struct link_map *map) {
  return (uint64_t)map->l_ld - map->l_addr == object->dynamicAt &&
         preboundDynamicDigest(map) == object->dynamicDigest;
}

/// What the program headers at \p headers say can be written.
static const char *checkWords(const struct PreboundTable *table,
                              const struct PreboundObject *object,
                              const Elf64_Phdr *headers) {
  uint64_t begin = UINT64_MAX, end = 0;
  for (uint32_t i = 0; i < object->headersCount; ++i) {
    const Elf64_Phdr *header = &headers[i];
    if (header->p_type != PT_LOAD || !(header->p_flags & PF_W))
      continue;
    begin = header->p_vaddr < begin ? header->p_vaddr : begin;
    if (header->p_vaddr + header->p_memsz > end)
      end = header->p_vaddr + header->p_memsz;
  }
  return preboundCheckWords(table, object, begin - object->linkedAt,
                            end - object->linkedAt);
}

static const char *checkProbe(const struct PreboundObject *object,
                              uint64_t base) {
  if (!object->probeAt)
    return 0;
  const uint64_t word = *(const Word *)(base + object->probeAt);
  if (object->state == PreboundBound && word != object->probeRaw)
    return "it has been relocated already";
  if (object->state == PreboundFirst && word != base + object->probeOwn)
    return "it has not been relocated yet";
  return 0;
}

const char *preboundCheckObject(const struct PreboundProcess *process,
                                const struct PreboundObject *object,
                                const struct link_map *map) {
  const uint64_t base = map->l_addr;
  const Elf64_Phdr *headers = (const Elf64_Phdr *)(base + object->headersAt);
  if (preboundDigest(headers, object->headersCount * sizeof(Elf64_Phdr)) !=
      object->headersDigest)
    return "its program headers differ";
  if (object->buildIdSize &&
      preboundDigest((const void *)(base + object->buildIdAt),
                     object->buildIdSize) != object->buildIdDigest)
    return "its build-id differs";
  // The program has no name in the list.
  const char *path = map->l_name[0] ? map->l_name : process->program;
  if (!preboundIsSame(path, &object->file))
    return "the file has been changed";
  const char *reason = checkProbe(object, base);
  if (!reason && object->state == PreboundBound)
    reason = checkWords(process->table, object, headers);
  return reason;
}

/// Fills in the bases; whether the list is as long as the table's. The kernel's
/// object is linked to address 0, so its base is where the kernel says it is.
static const char *readList(struct PreboundProcess *process) {
  uint32_t count = 0;
  for (struct link_map *map = process->first; map; map = map->l_next) {
    if (process->kernelAt && map->l_addr == process->kernelAt)
      continue;
    if (count == process->table->objectCount)
      return "there are more objects than in the table";
    process->maps[count] = map;
    process->bases[count] =
        map->l_addr + process->table->objects[count].linkedAt;
    ++count;
  }
  return count == process->table->objectCount
             ? 0
             : "there are fewer objects than in the table";
}

int preboundCompare(struct PreboundProcess *process,
                    struct PreboundReason *why) {
  const struct PreboundTable *table = process->table;
  why->object = 0;
  why->reason = readList(process);
  for (uint32_t i = 0; i < table->objectCount && !why->reason; ++i) {
    const struct PreboundObject *object = &table->objects[i];
    const struct link_map *map = process->maps[i];
    why->object = preboundText(table, object->path);
    if (!preboundIsObject(object, map))
      why->reason = "its dynamic table differs, or another object is in its "
                    "place";
    else
      why->reason = preboundCheckObject(process, object, map);
  }
  return !why->reason;
}
