// The program: prints a widget of its own and one of the plugin.
#include "button.h"
#include <cstdio>
#include <dlfcn.h>

static void print(const Widget &widget) {
  std::printf("%s %dx%d\n", widget.name(), widget.width(), widget.height());
}

int main(int, char **argv) {
  void *plugin = dlopen(argv[1], RTLD_NOW);
  if (!plugin)
    return std::fprintf(stderr, "%s\n", dlerror()), 1;
  auto make = reinterpret_cast<Widget *(*)()>(dlsym(plugin, "makeWidget"));
  Button button;
  Widget *dial = make();
  print(button);
  print(*dial);
  delete dial;
}
