/*===- Apply.c - the words of a prebound start ----------------------------===//
//
// These loops are most of the work of a start, so they do no more than load,
// add and store: everything has been checked before. Half of the instructions
// of a short loop would count its rounds, so the loops do several words at a
// time.
//
//===----------------------------------------------------------------------===*/

#include "Runtime/Process.h"
#include "Runtime/System.h"
#include <sys/syscall.h>

typedef uint64_t Word __attribute__((aligned(1), may_alias));

typedef uint64_t Pair __attribute__((vector_size(16), aligned(1), may_alias));
typedef uint32_t Halves __attribute__((vector_size(8), aligned(1), may_alias));

/// Adds \p base to \p count words that follow each other.
static inline void addToRun(Word *place, uint64_t count, uint64_t base) {
  const Pair bases = {base, base};
  const Word *end = place + count;
  while (place < end) {
    // A page that is read before it is written is made private by two faults:
    // the first word of each page is read and written at once.
    const uint64_t left = (uint64_t)(end - place);
    const uint64_t ofPage =
        (PREBOUND_PAGE - ((uint64_t)place & (PREBOUND_PAGE - 1)) + 7) / 8;
    const Word *pageEnd = place + (ofPage < left ? ofPage : left);
    *place++ += base;
    for (; place + 8 <= pageEnd; place += 8) {
      *(Pair *)place += bases;
      *(Pair *)(place + 2) += bases;
      *(Pair *)(place + 4) += bases;
      *(Pair *)(place + 6) += bases;
    }
    for (; place < pageEnd; ++place)
      *place += base;
  }
}

/// Adds \p base to words that are spread.
static inline void addToSpread(Word *begin, uint64_t count,
                               const uint16_t *place, uint64_t base) {
  uint64_t i = 0;
  for (; i + 8 <= count; i += 8) {
    begin[place[i]] += base;
    begin[place[i + 1]] += base;
    begin[place[i + 2]] += base;
    begin[place[i + 3]] += base;
    begin[place[i + 4]] += base;
    begin[place[i + 5]] += base;
    begin[place[i + 6]] += base;
    begin[place[i + 7]] += base;
  }
  for (; i < count; ++i)
    begin[place[i]] += base;
}

/// Writes the sums of \p base and values to words that follow each other: the
/// odd ones first, then four at a time.
static inline void writeRun(Word *place, uint64_t count, const uint32_t *value,
                            uint64_t base) {
  const Pair bases = {base, base};
  const Word *end = place + count;
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

/// The same for words that are spread.
static inline void writeSpread(Word *begin, uint64_t count,
                               const uint16_t *place, const uint32_t *value,
                               uint64_t base) {
  uint64_t i = 0;
  for (; i + 8 <= count; i += 8) {
    begin[place[i]] = base + value[i];
    begin[place[i + 1]] = base + value[i + 1];
    begin[place[i + 2]] = base + value[i + 2];
    begin[place[i + 3]] = base + value[i + 3];
    begin[place[i + 4]] = base + value[i + 4];
    begin[place[i + 5]] = base + value[i + 5];
    begin[place[i + 6]] = base + value[i + 6];
    begin[place[i + 7]] = base + value[i + 7];
  }
  for (; i < count; ++i)
    begin[place[i]] = base + value[i];
}

/// The same with a base for each.
static inline void writeMixed(Word *begin, uint64_t count,
                              const uint16_t *place, const uint32_t *value,
                              const uint16_t *provider, const uint64_t *bases) {
  uint64_t i = 0;
  for (; i + 4 <= count; i += 4) {
    begin[place[i]] = bases[provider[i]] + value[i];
    begin[place[i + 1]] = bases[provider[i + 1]] + value[i + 1];
    begin[place[i + 2]] = bases[provider[i + 2]] + value[i + 2];
    begin[place[i + 3]] = bases[provider[i + 3]] + value[i + 3];
  }
  for (; i < count; ++i)
    begin[place[i]] = bases[provider[i]] + value[i];
}

static inline void writeIndirect(Word *begin, uint64_t count,
                                 const uint16_t *place, const uint32_t *value,
                                 const uint16_t *provider,
                                 const uint64_t *bases) {
  for (uint64_t i = 0; i < count; ++i)
    begin[place[i]] = ((uint64_t (*)(void))(bases[provider[i]] + value[i]))();
}

/// Has the kernel make the pages private that are written to. One that does not
/// know how (before Linux 5.14) makes them so one by one, as they are written.
static void makePrivate(const struct PreboundTable *table,
                        const struct PreboundObject *object, uint64_t base) {
  const struct PreboundPages *pages =
      (const struct PreboundPages *)preboundAt(table, object->pages);
  for (uint32_t i = 0; i < object->pages.count; ++i)
    preboundCall(SYS_madvise, (long)(base + pages[i].begin),
                 (long)(pages[i].count * PREBOUND_PAGE),
                 23 /* MADV_POPULATE_WRITE */, 0, 0, 0);
}

static void writeWords(const struct PreboundProcess *process,
                       const struct PreboundObject *object, uint64_t base) {
  const struct PreboundTable *table = process->table;
  const uint64_t *bases = process->bases;
  const struct PreboundStrip *strip =
      (const struct PreboundStrip *)preboundAt(table, object->strips);
  const uint32_t *value = (const uint32_t *)preboundAt(table, object->values);
  const uint16_t *place = (const uint16_t *)preboundAt(table, object->places);
  const uint16_t *provider =
      (const uint16_t *)preboundAt(table, object->providers);
  for (const struct PreboundStrip *end = strip + object->strips.count;
       strip < end; ++strip) {
    Word *begin = (Word *)(base + strip->begin);
    const uint64_t count = strip->count;
    const uint64_t ofStrip = bases[strip->base];
    switch (strip->kind) {
    case PreboundRaw:
      addToRun(begin, count, ofStrip);
      continue;
    case PreboundRawSpread:
      addToSpread(begin, count, place, ofStrip);
      place += count;
      continue;
    case PreboundRun:
      writeRun(begin, count, value, ofStrip);
      value += count;
      continue;
    case PreboundSpread:
      writeSpread(begin, count, place, value, ofStrip);
      break;
    case PreboundMixed:
      writeMixed(begin, count, place, value, provider, bases);
      provider += count;
      break;
    default:
      writeIndirect(begin, count, place, value, provider, bases);
      provider += count;
    }
    place += count;
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
  const uint64_t base = map->l_addr + object->linkedAt;
  makePrivate(process->table, object, base);
  writeWords(process, object, base);
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
