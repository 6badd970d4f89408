/* How each kind of function that returns data of its own is called, and how
 * large that data is. The layouts are those of the interfaces' documentation;
 * no header of theirs is needed. */
#define _GNU_SOURCE
#include "say.h"
#include <grp.h>
#include <netdb.h>
#include <pwd.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static void askString(void *function, size_t size) {
  /* Those that take an argument take a version to compare with, or NULL. */
  (void)size;
  sayText("says", ((const char *(*)(const void *))function)(NULL));
}

static void askNumber(void *function, size_t size) {
  (void)size;
  sayNumber("says", ((unsigned (*)(void))function)());
}

/* A string, or pointer to one, that is exported as an object. */
static void askObject(void *object, size_t size) {
  sayWords("holds", object, size < 65536 ? size : 65536);
}

/* The end of a CBOR item (RFC 8949), or NULL. */
static const uint8_t *passItem(const uint8_t *at, const uint8_t *end,
                               int depth) {
  if (at >= end || depth > 20)
    return NULL;
  int major = *at >> 5, low = *at & 31;
  uint64_t value = low;
  ++at;
  if (low >= 24 && low < 28) {
    value = 0;
    for (int i = 0; i < 1 << (low - 24); ++i) {
      if (at >= end)
        return NULL;
      value = value << 8 | *at++;
    }
  }
  if (low == 31) {
    while (at && at < end && *at != 0xff)
      at = passItem(at, end, depth + 1);
    return at && at < end ? at + 1 : NULL;
  }
  if (major == 2 || major == 3)
    return value <= (uint64_t)(end - at) ? at + value : NULL;
  uint64_t items = major == 4 || major == 6 ? major == 6 ? 1 : value
                   : major == 5             ? 2 * value
                                            : 0;
  for (; at && items; --items)
    at = passItem(at, end, depth + 1);
  return at;
}

/* Qt 5 returns where its metadata begins, Qt 6 how long it is, too. A second
 * register that a function of Qt 5 leaves is of no meaning. */
struct metadata {
  const uint8_t *data;
  size_t size;
};

static void askQt6(void *function, size_t size) {
  struct metadata found = ((struct metadata (*)(void))function)();
  (void)size;
  sayNumber("size", found.size);
  sayBytes("metadata", found.data, found.size < 65536 ? found.size : 65536);
}

static void askQt(void *function, size_t size) {
  static const char magic[] = "QTMETADATA ";
  const uint8_t *data = ((const uint8_t *(*)(void))function)();
  (void)size;
  size_t there = readable(data, 65536);
  if (there < 32 || memcmp(data, magic, sizeof magic - 1)) {
    askQt6(function, size);
    return;
  }
  if (data[11] == '!') {
    const uint8_t *end = passItem(data + 16, data + there, 0);
    sayBytes("metadata", data, end ? (size_t)(end - data) : 32);
    return;
  }
  /* Binary JSON: a header of 8 bytes, then an object that tells its size. */
  uint32_t length;
  memcpy(&length, data + 20, sizeof length);
  sayBytes("metadata", data, length < there - 20 ? length + 20 : 32);
}

struct gstreamer {
  int major, minor;
  const char *name, *description;
  void *init;
  const char *version, *license, *source, *package, *origin, *released;
};

static void sayGstreamer(const struct gstreamer *plugin) {
  sayPlace("is", plugin);
  if (!plugin)
    return;
  sayNumber("major", plugin->major);
  sayNumber("minor", plugin->minor);
  sayText("name", plugin->name);
  sayText("description", plugin->description);
  sayPlace("init", plugin->init);
  sayText("version", plugin->version);
  sayText("license", plugin->license);
  sayText("source", plugin->source);
  sayText("package", plugin->package);
  sayText("origin", plugin->origin);
  sayText("released", plugin->released);
}

struct frei0r {
  const char *name, *author;
  int type, color, interface, major, minor, parameters;
  const char *explanation;
};

static void askFrei0r(void *function, size_t size) {
  struct frei0r plugin;
  memset(&plugin, 0, sizeof plugin);
  ((void (*)(struct frei0r *))function)(&plugin);
  (void)size;
  sayText("name", plugin.name);
  sayText("author", plugin.author);
  sayText("explanation", plugin.explanation);
  sayWords("numbers", &plugin.type, 6 * sizeof(int));
}

/* gdk-pixbuf's loaders fill in what they read. */
static void askPixbuf(void *function, size_t size) {
  struct {
    const char *name;
    const struct {
      const char *prefix, *mask;
      int relevance;
    } *signature;
    const char *domain, *description;
    const char *const *mimeTypes, *const *extensions;
    uint32_t flags;
    void *rest[8];
  } format;
  memset(&format, 0, sizeof format);
  ((void (*)(void *))function)(&format);
  (void)size;
  sayText("name", format.name);
  sayText("description", format.description);
  sayNumber("flags", format.flags);
  for (int i = 0; format.mimeTypes && format.mimeTypes[i] && i < most; ++i)
    sayText("MIME type", format.mimeTypes[i]);
  for (int i = 0; format.extensions && format.extensions[i] && i < most; ++i)
    sayText("extension", format.extensions[i]);
  for (int i = 0; format.signature && format.signature[i].prefix && i < most;
       ++i)
    sayText("signature", format.signature[i].prefix);
}

static void askGio(void *function, size_t size) {
  char **points = ((char **(*)(void))function)();
  (void)size;
  for (int i = 0; points && points[i] && i < most; ++i)
    sayText("extension point", points[i]);
}

/* Mesa's drivers: pointers to a name and a version, up to a null pointer. */
static void askDri(void *function, size_t size) {
  const struct {
    const char *name;
    int version;
  } *const *extensions = ((const void *(*)(void))function)();
  (void)size;
  for (int i = 0; extensions && extensions[i] && i < most; ++i) {
    sayText("extension", extensions[i]->name);
    sayNumber("version", extensions[i]->version);
  }
}

static void askVulkan(void *function, size_t size) {
  uint32_t version = 5;
  (void)size;
  sayNumber("result", ((int (*)(uint32_t *))function)(&version));
  sayNumber("version", version);
}

static void askSpa(void *function, size_t size) {
  struct {
    uint32_t version;
    const char *name;
    void *info;
    void *functions[3];
  } const *factory = NULL;
  uint32_t index = 0;
  (void)size;
  for (int i = 0; i < most; ++i) {
    if (((int (*)(void *, uint32_t *))function)(&factory, &index) <= 0)
      return;
    sayText("factory", factory->name);
    sayNumber("version", factory->version);
    sayWords("functions", factory->functions, sizeof factory->functions);
  }
}

static void askPkcs11(void *function, size_t size) {
  void *const *list = NULL;
  (void)size;
  sayNumber("result", ((unsigned long (*)(void *))function)(&list));
  if (list)
    sayWords("functions", list, 69 * sizeof(void *));
}

static void askPassword(void *function, size_t size) {
  struct passwd user;
  char room[4096];
  int error = 0;
  memset(&user, 0, sizeof user);
  (void)size;
  sayNumber("status",
            ((int (*)(uid_t, struct passwd *, char *, size_t, int *))function)(
                0, &user, room, sizeof room, &error));
  sayText("name", user.pw_name);
  sayText("folder", user.pw_dir);
}

static void askGroup(void *function, size_t size) {
  struct group group;
  char room[4096];
  int error = 0;
  memset(&group, 0, sizeof group);
  (void)size;
  sayNumber("status",
            ((int (*)(gid_t, struct group *, char *, size_t, int *))function)(
                0, &group, room, sizeof room, &error));
  sayText("name", group.gr_name);
}

static void askHost(void *function, size_t size) {
  struct hostent host;
  char room[4096];
  int error = 0, trouble = 0;
  memset(&host, 0, sizeof host);
  (void)size;
  sayNumber("status",
            ((int (*)(const char *, int, struct hostent *, char *, size_t,
                      int *, int *))function)("localhost", AF_INET, &host, room,
                                              sizeof room, &error, &trouble));
  sayText("name", host.h_name);
}

static void askGstreamer(void *function, size_t size) {
  (void)size;
  sayGstreamer(((const struct gstreamer *(*)(void))function)());
}

static void askGstreamerObject(void *object, size_t size) {
  (void)size;
  sayGstreamer(object);
}

int ask(const char *kind, const char *name, void *address, size_t size) {
  static const struct {
    const char *name;
    void (*ask)(void *, size_t);
  } kinds[] = {
      {"string", askString},
      {"number", askNumber},
      {"object", askObject},
      {"qt", askQt},
      {"qt6", askQt6},
      {"gstreamer", askGstreamer},
      {"gstreamer-object", askGstreamerObject},
      {"frei0r", askFrei0r},
      {"pixbuf", askPixbuf},
      {"gio", askGio},
      {"dri", askDri},
      {"vulkan", askVulkan},
      {"spa", askSpa},
      {"pkcs11", askPkcs11},
      {"vst", askVst},
      {"password", askPassword},
      {"group", askGroup},
      {"host", askHost},
  };
  if (!strcmp(kind, "ladspa"))
    return askLadspa(address, name), 1;
  if (!strcmp(kind, "dssi"))
    return askDssi(address, name), 1;
  if (!strcmp(kind, "lv2"))
    return askLv2(address, name, 7), 1;
  if (!strcmp(kind, "lv2ui"))
    return askLv2(address, name, 4), 1;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; ++i)
    if (!strcmp(kind, kinds[i].name))
      return kinds[i].ask(address, size), 1;
  return 0;
}
