#define _GNU_SOURCE
#include "say.h"
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char subject[300];

void about(const char *name, long index) {
  if (index < 0)
    snprintf(subject, sizeof subject, "%s", name);
  else
    snprintf(subject, sizeof subject, "%s[%ld]", name, index);
}

void sayNumber(const char *field, unsigned long long value) {
  printf("%s %s: %llu\n", subject, field, value);
}

size_t readable(const void *pointer, size_t limit) {
  /* The kernel says EFAULT of what cannot be read. */
  static int ends[2];
  size_t size = 0;
  char bytes[256];
  if (!ends[1] && pipe(ends))
    return 0;
  while (size < limit) {
    size_t left = limit - size,
           part = left < sizeof bytes ? left : sizeof bytes;
    size_t page = 4096 - ((uintptr_t)pointer + size) % 4096;
    ssize_t n =
        write(ends[1], (const char *)pointer + size, part < page ? part : page);
    if (n <= 0)
      break;
    size += n;
    while (n > 0) {
      ssize_t taken = read(ends[0], bytes, n);
      if (taken <= 0)
        return size;
      n -= taken;
    }
  }
  return size;
}

void sayText(const char *field, const char *text) {
  printf("%s %s: ", subject, field);
  if (!text) {
    puts("none");
    return;
  }
  size_t size = readable(text, 4096), length = strnlen(text, size);
  if (length == size && size < 4096) {
    puts("not a string");
    return;
  }
  putchar('"');
  for (size_t i = 0; i < length; ++i)
    printf(text[i] < ' ' ? "\\%03o" : "%c", (unsigned char)text[i]);
  puts("\"");
}

struct place {
  uintptr_t address;
  const char *file;
  uintptr_t offset;
};

static int find(struct dl_phdr_info *info, size_t size, void *data) {
  struct place *place = data;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
    uintptr_t begin = info->dlpi_addr + segment->p_vaddr;
    if (segment->p_type != PT_LOAD || place->address < begin ||
        place->address - begin >= segment->p_memsz)
      continue;
    const char *slash = strrchr(info->dlpi_name, '/');
    place->file = slash ? slash + 1 : info->dlpi_name;
    place->offset = place->address - info->dlpi_addr;
    return 1;
  }
  return (void)size, 0;
}

/* A word that leads nowhere is data. Heap and stack differ from run to run. */
static void printWord(uintptr_t word) {
  struct place place = {word, NULL, 0};
  if (word >= 4096 && dl_iterate_phdr(find, &place))
    printf("%s+%#lx", place.file, (unsigned long)place.offset);
  else if (word >= 4096 && readable((void *)word, 1))
    printf("elsewhere");
  else
    printf("%#lx", (unsigned long)word);
}

void sayPlace(const char *field, const void *pointer) {
  printf("%s %s: ", subject, field);
  printWord((uintptr_t)pointer);
  putchar('\n');
}

void sayBytes(const char *field, const void *pointer, size_t size) {
  const unsigned char *bytes = pointer;
  size_t there = readable(pointer, size);
  sayPlace(field, pointer);
  printf("%s %s, %zu bytes:", subject, field, there);
  for (size_t i = 0; i < there; ++i)
    printf(i % 4 ? "%02x" : " %02x", bytes[i]);
  putchar('\n');
}

void sayWords(const char *field, const void *pointer, size_t size) {
  size_t there = readable(pointer, size);
  printf("%s %s, %zu bytes:", subject, field, there);
  for (size_t i = 0; i < there; i += sizeof(uintptr_t)) {
    uintptr_t word = 0;
    size_t left = there - i;
    memcpy(&word, (const char *)pointer + i,
           left < sizeof word ? left : sizeof word);
    putchar(' ');
    printWord(word);
  }
  putchar('\n');
}
