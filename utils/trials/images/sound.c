/* Plugins for sound: LADSPA, DSSI, LV2 and VST 2. The layouts are those of the
 * interfaces' documentation; no header of theirs is needed. */
#include "say.h"
#include <stdint.h>
#include <string.h>

struct ladspa {
  unsigned long id;
  const char *label;
  int properties;
  const char *name, *maker, *copyright;
  unsigned long portCount;
  const int *portDescriptors;
  const char *const *portNames;
  const struct {
    int hint;
    float low, high;
  } *hints;
  void *implementationData;
  void *functions[8];
};

static void sayLadspa(const struct ladspa *plugin) {
  sayNumber("id", plugin->id);
  sayText("label", plugin->label);
  sayNumber("properties", plugin->properties);
  sayText("name", plugin->name);
  sayText("maker", plugin->maker);
  sayText("copyright", plugin->copyright);
  sayNumber("ports", plugin->portCount);
  for (unsigned long i = 0; i < plugin->portCount && i < most; ++i) {
    sayNumber("port", plugin->portDescriptors[i]);
    sayText("port", plugin->portNames[i]);
    if (plugin->hints)
      sayWords("hint", &plugin->hints[i], sizeof plugin->hints[i]);
  }
  sayWords("functions", plugin->functions, sizeof plugin->functions);
}

void askLadspa(void *function, const char *name) {
  for (unsigned long i = 0; i < most; ++i) {
    const struct ladspa *plugin =
        ((const struct ladspa *(*)(unsigned long))function)(i);
    about(name, i);
    sayPlace("is", plugin);
    if (!plugin)
      return;
    sayLadspa(plugin);
  }
}

struct dssi {
  int version;
  const struct ladspa *plugin;
  void *functions[10];
};

void askDssi(void *function, const char *name) {
  for (unsigned long i = 0; i < most; ++i) {
    const struct dssi *plugin =
        ((const struct dssi *(*)(unsigned long))function)(i);
    about(name, i);
    sayPlace("is", plugin);
    if (!plugin)
      return;
    sayNumber("version", plugin->version);
    sayWords("functions", plugin->functions, sizeof plugin->functions);
    if (plugin->plugin)
      sayLadspa(plugin->plugin);
  }
}

void askLv2(void *function, const char *name, size_t functions) {
  for (uint32_t i = 0; i < most; ++i) {
    void *const *plugin = ((void *const *(*)(uint32_t))function)(i);
    about(name, i);
    sayPlace("is", plugin);
    if (!plugin)
      return;
    sayText("URI", plugin[0]);
    sayWords("functions", plugin + 1, functions * sizeof(void *));
  }
}

/* A VST 2 effect is a C++ object behind a table of C functions. */
static intptr_t host(void *effect, int32_t opcode, int32_t index,
                     intptr_t value, void *data, float option) {
  (void)effect, (void)index, (void)value, (void)data, (void)option;
  return opcode == 1 ? 2400 : 0;
}

void askVst(void *function, size_t size) {
  struct {
    int32_t magic;
    intptr_t (*dispatch)(void *, int32_t, int32_t, intptr_t, void *, float);
    void *old, *set;
    float (*get)(void *, int32_t);
    int32_t programs, parameters, inputs, outputs, flags;
    intptr_t reserved[2];
    int32_t delay, quality[2];
    float ratio;
    void *object, *user;
    int32_t id, version;
  } *effect = ((void *(*)(void *))function)((void *)host);
  char text[1024] = "";
  (void)size;
  if (!effect)
    return;
  sayNumber("magic", effect->magic);
  sayNumber("id", effect->id);
  sayNumber("version", effect->version);
  sayWords("numbers", &effect->programs, 5 * sizeof(int32_t));
  static const struct {
    int32_t opcode;
    const char *name;
  } names[] = {{45, "name"}, {47, "vendor"}, {48, "product"}};
  for (int i = 0; i < 3; ++i) {
    memset(text, 0, sizeof text);
    effect->dispatch(effect, names[i].opcode, 0, 0, text, 0);
    sayText(names[i].name, text);
  }
  for (int32_t i = 0; i < effect->parameters && i < most; ++i) {
    memset(text, 0, sizeof text);
    effect->dispatch(effect, 8, i, 0, text, 0);
    sayText("parameter", text);
    float value = effect->get(effect, i);
    sayBytes("value", &value, sizeof value);
  }
}
