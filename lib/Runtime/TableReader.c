#include "Runtime/TableReader.h"
#include "Runtime/Name.h"
#include <elf.h>
#include <emmintrin.h>

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
  if (!isInside(object->strips, size, sizeof(struct PreboundStrip), 4) ||
      !isInside(object->values, size, sizeof(uint32_t), 4) ||
      !isInside(object->places, size, sizeof(uint16_t), 2) ||
      !isInside(object->providers, size, sizeof(uint16_t), 2) ||
      !isInside(object->pages, size, sizeof(struct PreboundPages), 4) ||
      !isInside(object->rest, size, sizeof(Elf64_Rela), 8))
    return "a range of the table is past its end";
  if (object->path >= header->text.count)
    return "a name of the table is past its end";
  if (object->state > PreboundBound)
    return "the table has an unknown state";
  if (object->index >= header->objects.count + header->opened.count)
    return "an index of the table is past its end";
  if (object->linkedAt % PREBOUND_PAGE)
    return "an address of the table is not that of a page";
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
      header->libraryPath >= header->text.count ||
      header->reason >= header->text.count)
    return "a name of the table is past its end";
  if (!header->objects.count || header->objects.count > PREBOUND_MOST_OBJECTS ||
      header->opened.count > PREBOUND_MOST_OBJECTS - header->objects.count ||
      header->hook >= header->objects.count)
    return "the table has an unlikely number of objects";
  if (header->chain > PREBOUND_LONGEST_CHAIN)
    return "the table wants a library that is not there";
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

/// Whether \p count places are at most \p most: eight at a time, as there are
/// many of them.
static int areInside(const uint16_t *place, uint64_t count, uint16_t most) {
  const __m128i limit = _mm_set1_epi16((short)most);
  __m128i over = _mm_setzero_si128();
  uint64_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const __m128i a = _mm_loadu_si128((const __m128i_u *)(place + i));
    const __m128i b = _mm_loadu_si128((const __m128i_u *)(place + i + 8));
    over = _mm_or_si128(over, _mm_subs_epu16(a, limit));
    over = _mm_or_si128(over, _mm_subs_epu16(b, limit));
  }
  int outside =
      _mm_movemask_epi8(_mm_cmpeq_epi16(over, _mm_setzero_si128())) != 0xffff;
  for (; i < count; ++i)
    outside |= place[i] > most;
  return !outside;
}

/// Whether the pages that \p object wants made private are those of its data.
static int arePagesInside(const struct PreboundTable *table,
                          const struct PreboundObject *object, uint64_t begin,
                          uint64_t end) {
  const struct PreboundPages *pages =
      (const struct PreboundPages *)preboundAt(table, object->pages);
  for (uint32_t i = 0; i < object->pages.count; ++i) {
    const uint64_t first = pages[i].begin;
    if (first % PREBOUND_PAGE ||
        first < begin / PREBOUND_PAGE * PREBOUND_PAGE ||
        first + pages[i].count * PREBOUND_PAGE > end + PREBOUND_PAGE - 1)
      return 0;
  }
  return 1;
}

const char *preboundCheckWords(const struct PreboundTable *table,
                               const struct PreboundObject *object,
                               uint64_t begin, uint64_t end) {
  const struct PreboundStrip *strip =
      (const struct PreboundStrip *)preboundAt(table, object->strips);
  const uint16_t *place = (const uint16_t *)preboundAt(table, object->places);
  uint64_t places = 0, values = 0, providers = 0;
  if (end < 8 || begin > end - 8 || end > UINT32_MAX)
    return "the object's data is not where a table can reach it";
  if (!arePagesInside(table, object, begin, end))
    return "the table has pages outside of the object's data";
  for (const struct PreboundStrip *last = strip + object->strips.count;
       strip < last; ++strip) {
    const uint64_t count = strip->count;
    if (strip->begin < begin || strip->begin > end - 8)
      return "the table has words outside of the object's data";
    // How many words have room behind the first.
    const uint64_t room = (end - 8 - strip->begin) / 8;
    switch (strip->kind) {
    case PreboundRaw:
    case PreboundRun:
      if (count > room + 1)
        return "the table has words outside of the object's data";
      break;
    case PreboundRawSpread:
    case PreboundSpread:
    case PreboundMixed:
    case PreboundIndirect:
      if (count > object->places.count - places)
        return "the table has fewer words than it says";
      if (room < UINT16_MAX &&
          !areInside(place + places, count, (uint16_t)room))
        return "the table has words outside of the object's data";
      places += count;
      break;
    default:
      return "the table has words of an unknown kind";
    }
    if (strip->kind != PreboundRaw && strip->kind != PreboundRawSpread)
      values += count;
    if (strip->kind == PreboundMixed || strip->kind == PreboundIndirect)
      providers += count;
  }
  if (places != object->places.count || values != object->values.count ||
      providers != object->providers.count)
    return "the table has another number of words than it says";
  return 0;
}
