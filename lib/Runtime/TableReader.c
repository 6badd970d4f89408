#include "Runtime/TableReader.h"
#include <elf.h>

/// Whether \p range, of entries of \p entry bytes that are aligned to \p
/// alignment, lies between the header and the end of \p size bytes.
static int isInside(struct PreboundRange range, uint64_t size, uint64_t entry,
                    uint64_t alignment) {
  return range.offset >= sizeof(struct PreboundHeader) &&
         range.offset % alignment == 0 && range.offset <= size &&
         range.count <= (size - range.offset) / entry;
}

static const char *checkObject(const struct PreboundHeader *header,
                               const struct PreboundObject *object) {
  const uint64_t size = header->size;
  if (!isInside(object->runs, size, sizeof(struct PreboundRun), 8) ||
      !isInside(object->values, size, sizeof(uint32_t), 4) ||
      !isInside(object->places, size, sizeof(uint32_t), 4) ||
      !isInside(object->providers, size, sizeof(uint16_t), 2) ||
      !isInside(object->rest, size, sizeof(Elf64_Rela), 8))
    return "a range of the table is past its end";
  if (object->path >= header->text.count)
    return "a name of the table is past its end";
  if (object->state > PreboundBound)
    return "the table has an unknown state";
  if (object->index >= header->objects.count + header->opened.count)
    return "an index of the table is past its end";
  if (object->headersCount > 0xffff || object->buildIdSize > 0xffff)
    return "the table has a size that no file has";
  return 0;
}

/// Opened objects, and groups of them.
static const char *checkGroups(const struct PreboundTable *table) {
  const struct PreboundHeader *header = table->header;
  for (uint32_t i = 0; i < header->opened.count; ++i) {
    const char *reason = checkObject(header, &table->opened[i]);
    if (reason)
      return reason;
    if (table->opened[i].index < table->objectCount)
      return "an opened object has the index of another";
  }
  for (uint32_t i = 0; i < header->groups.count; ++i) {
    const struct PreboundGroup *group = &table->groups[i];
    if (!group->count || group->first > header->opened.count ||
        group->count > header->opened.count - group->first)
      return "a group of the table is past its end";
  }
  return 0;
}

const char *preboundRead(const void *data, uint64_t size, int summed,
                         struct PreboundTable *out) {
  const struct PreboundHeader *header = (const struct PreboundHeader *)data;
  if (size < sizeof(struct PreboundHeader) || header->magic != PREBOUND_MAGIC)
    return "it is no table";
  if (header->layout != kPreboundLayout)
    return "the table is of another version";
  if (header->size != size || header->zero || size % 16 || size > UINT32_MAX)
    return "the table has another size than it says";
  if (summed) {
    uint64_t sums[4];
    preboundSum((const char *)data + PREBOUND_SUMMED, size - PREBOUND_SUMMED,
                sums);
    for (unsigned i = 0; i < 4; ++i)
      if (sums[i] != header->sums[i])
        return "the table is damaged";
  }
  if (!isInside(header->objects, size, sizeof(struct PreboundObject), 8) ||
      !isInside(header->opened, size, sizeof(struct PreboundObject), 8) ||
      !isInside(header->groups, size, sizeof(struct PreboundGroup), 4) ||
      !isInside(header->text, size, 1, 1))
    return "a range of the table is past its end";
  const char *text = (const char *)data + header->text.offset;
  if (!header->text.count || text[header->text.count - 1])
    return "the names of the table do not end";
  if (header->program >= header->text.count ||
      header->preload >= header->text.count ||
      header->libraryPath >= header->text.count)
    return "a name of the table is past its end";
  if (!header->objects.count || header->objects.count > PREBOUND_MOST_OBJECTS ||
      header->opened.count > PREBOUND_MOST_OBJECTS - header->objects.count ||
      header->hook >= header->objects.count)
    return "the table has an unlikely number of objects";
  out->header = header;
  out->objects = (const struct PreboundObject *)((const char *)data +
                                                 header->objects.offset);
  out->objectCount = header->objects.count;
  out->opened = (const struct PreboundObject *)((const char *)data +
                                                header->opened.offset);
  out->groups = (const struct PreboundGroup *)((const char *)data +
                                               header->groups.offset);
  uint64_t rest = 0;
  for (uint32_t i = 0; i < out->objectCount; ++i) {
    const char *reason = checkObject(header, &out->objects[i]);
    if (reason)
      return reason;
    rest += out->objects[i].rest.count;
  }
  if (rest != header->restCount)
    return "the table has another number of relocations than it says";
  return checkGroups(out);
}

/// Whether \p count places are from \p first to \p last: four at a time, as
/// there are many of them.
static int areInside(const uint32_t *place, uint64_t count, uint32_t first,
                     uint32_t last) {
  typedef uint32_t Four __attribute__((vector_size(16), aligned(4), may_alias));
  const uint32_t most = last - first;
  Four outside = {0, 0, 0, 0};
  for (; count >= 4; count -= 4, place += 4)
    outside |= (Four)(*(const Four *)place - first > most);
  for (; count; --count, ++place)
    outside[0] |= *place - first > most;
  return !(outside[0] | outside[1] | outside[2] | outside[3]);
}

const char *preboundCheckRuns(const struct PreboundTable *table,
                              const struct PreboundObject *object,
                              uint64_t begin, uint64_t end) {
  const struct PreboundRun *run =
      (const struct PreboundRun *)preboundAt(table, object->runs);
  const uint32_t *place = (const uint32_t *)preboundAt(table, object->places);
  const uint32_t *lastPlace = place + object->places.count;
  uint64_t words[4] = {0, 0, 0, 0};
  uint64_t at = begin;
  if (end < 8 || begin > end - 8 || end > UINT32_MAX)
    return "the object's data is not where a table can reach it";
  for (const struct PreboundRun *last = run + object->runs.count; run < last;
       ++run) {
    if (run->place < at)
      return "the table has words that are not in order";
    const uint64_t count = run->countAndKind / 4;
    const uint32_t kind = run->countAndKind % 4;
    if (kind == PreboundSpread) {
      if (count > (uint64_t)(lastPlace - place))
        return "the table has fewer words than it says";
      if (!areInside(place, count, (uint32_t)begin, (uint32_t)(end - 8)))
        return "the table has words outside of the object's data";
      place += count;
    } else {
      at = run->place + count * 8;
    }
    words[kind] += count;
  }
  if (at > end)
    return "the table has words outside of the object's data";
  const uint64_t mixed = words[PreboundMixed] + words[PreboundIndirect];
  if (place != lastPlace || mixed != object->providers.count ||
      words[PreboundOwn] + words[PreboundSpread] + mixed !=
          object->values.count)
    return "the table has another number of words than it says";
  return 0;
}
