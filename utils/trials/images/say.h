/* What is said of an answer, so that two processes say the same of the same:
 * places as file and offset, never as addresses. */
#ifndef SAY_H
#define SAY_H

#include <stddef.h>

/* The prefix of each line: "name", or "name[3]". */
void about(const char *name, long index);
void sayNumber(const char *field, unsigned long long value);
void sayText(const char *field, const char *text);
/* Where a pointer leads. */
void sayPlace(const char *field, const void *pointer);
/* A place and the bytes that are there. */
void sayBytes(const char *field, const void *pointer, size_t size);
/* Memory whose words may be pointers. */
void sayWords(const char *field, const void *pointer, size_t size);
/* How many bytes from there on can be read, up to a limit. */
size_t readable(const void *pointer, size_t limit);

/* Of a list that has no end, so many are looked at. */
enum { most = 400 };

/* Plugins for sound (sound.c). */
void askLadspa(void *function, const char *name);
void askDssi(void *function, const char *name);
/* An LV2 plugin has seven functions behind its URI, a user interface four. */
void askLv2(void *function, const char *name, size_t functions);
void askVst(void *function, size_t size);

/* Asks the function or the object NAME, which is at ADDRESS and has SIZE bytes,
 * in the manner KIND. Returns 0 where there is no such manner. */
int ask(const char *kind, const char *name, void *address, size_t size);

#endif
