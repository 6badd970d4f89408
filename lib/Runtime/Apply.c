/*===- Apply.c - the words of a prebound start ----------------------------===//
//
// The loops are what a start is made of, so they do no more than load, add and
// store: everything has been checked before. Half of a short loop would be its
// own counting, so they do several words at a time.
//
//===----------------------------------------------------------------------===*/

#include "Runtime/Process.h"

typedef uint64_t Word __attribute__((aligned(1), may_alias));

typedef uint64_t Pair __attribute__((vector_size(16), aligned(1), may_alias));
typedef uint32_t Halves __attribute__((vector_size(8), aligned(1), may_alias));

/// Writes the sums of \p base and values up to \p end: the odd ones first, then
/// four at a time.
static inline void writeOwn(Word *place, const Word *end, const uint32_t *value,
                            uint64_t base) {
  const Pair bases = {base, base};
  const uint64_t count = (uint64_t)(end - place);
  if (count & 1)
    *place++ = base + *value++;
  if (count & 2) {
    *(Pair *)place =
        bases + __builtin_convertvector(*(const Halves *)value, Pair);
    place += 2;
    value += 2;
  }
  while (place < end) {
    *(Pair *)place =
        bases + __builtin_convertvector(*(const Halves *)value, Pair);
    *(Pair *)(place + 2) =
        bases + __builtin_convertvector(*(const Halves *)(value + 2), Pair);
    place += 4;
    value += 4;
  }
}

/// The same with a base for each.
static inline void writeMixed(Word *place, uint64_t count,
                              const uint32_t *value, const uint16_t *provider,
                              const uint64_t *bases) {
  uint64_t i = 0;
  for (; i + 4 <= count; i += 4) {
    place[i] = bases[provider[i]] + value[i];
    place[i + 1] = bases[provider[i + 1]] + value[i + 1];
    place[i + 2] = bases[provider[i + 2]] + value[i + 2];
    place[i + 3] = bases[provider[i + 3]] + value[i + 3];
  }
  for (; i < count; ++i)
    place[i] = bases[provider[i]] + value[i];
}

static inline void writeIndirect(Word *place, uint64_t count,
                                 const uint32_t *value,
                                 const uint16_t *provider,
                                 const uint64_t *bases) {
  for (uint64_t i = 0; i < count; ++i)
    place[i] = ((uint64_t (*)(void))(bases[provider[i]] + value[i]))();
}

/// The words of one base at places of their own.
static inline void writeSpread(const uint32_t *place, uint64_t count,
                               const uint32_t *value, uint64_t base) {
  uint64_t i = 0;
  for (; i + 4 <= count; i += 4) {
    *(Word *)(base + place[i]) = base + value[i];
    *(Word *)(base + place[i + 1]) = base + value[i + 1];
    *(Word *)(base + place[i + 2]) = base + value[i + 2];
    *(Word *)(base + place[i + 3]) = base + value[i + 3];
  }
  for (; i < count; ++i)
    *(Word *)(base + place[i]) = base + value[i];
}

static void writeWords(const struct PreboundProcess *process,
                       const struct PreboundObject *object, uint64_t base) {
  const struct PreboundTable *table = process->table;
  const uint64_t *bases = process->bases;
  const struct PreboundRun *run =
      (const struct PreboundRun *)preboundAt(table, object->runs);
  const uint32_t *value = (const uint32_t *)preboundAt(table, object->values);
  const uint32_t *spread = (const uint32_t *)preboundAt(table, object->places);
  const uint16_t *provider =
      (const uint16_t *)preboundAt(table, object->providers);
  for (const struct PreboundRun *end = run + object->runs.count; run < end;
       ++run) {
    Word *place = (Word *)(base + run->place);
    const uint64_t count = run->countAndKind / 4;
    switch (run->countAndKind % 4) {
    case PreboundOwn:
      writeOwn(place, place + count, value, base);
      break;
    case PreboundMixed:
      writeMixed(place, count, value, provider, bases);
      provider += count;
      break;
    case PreboundIndirect:
      writeIndirect(place, count, value, provider, bases);
      provider += count;
      break;
    default:
      writeSpread(spread, count, value, base);
      spread += count;
    }
    value += count;
  }
}

/// Sets what ld.so is left to do for \p map.
static void leave(const struct link_map *map, uint64_t table, uint64_t size,
                  int keepsPlt) {
  for (Elf64_Dyn *entry = map->l_ld; entry->d_tag != DT_NULL; ++entry)
    switch (entry->d_tag) {
    case DT_RELA:
      if (size)
        entry->d_un.d_ptr = table;
      break;
    case DT_RELASZ:
      entry->d_un.d_val = size;
      break;
    case DT_PLTRELSZ:
      if (!keepsPlt)
        entry->d_un.d_val = 0;
      break;
    case DT_RELACOUNT:
    case 35: /* DT_RELRSZ: older headers do not name it. */
      entry->d_un.d_val = 0;
    }
}

void preboundApplyObject(const struct PreboundProcess *process,
                         const struct PreboundObject *object,
                         const struct link_map *map, Elf64_Rela *rest) {
  writeWords(process, object, map->l_addr);
  const Elf64_Rela *kept =
      (const Elf64_Rela *)preboundAt(process->table, object->rest);
  leave(map, (uint64_t)rest, object->rest.count * sizeof(Elf64_Rela),
        object->keepsPlt != 0);
  for (uint32_t i = 0; i < object->rest.count; ++i)
    rest[i] = kept[i];
}

void preboundApply(const struct PreboundProcess *process, Elf64_Rela *rest) {
  const struct PreboundTable *table = process->table;
  for (uint32_t i = 0; i < table->objectCount; ++i) {
    const struct PreboundObject *object = &table->objects[i];
    if (object->state != PreboundBound)
      continue;
    preboundApplyObject(process, object, process->maps[i], rest);
    rest += object->rest.count;
  }
}
