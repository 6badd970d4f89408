// The plugin.
#include "button.h"

class Dial : public Button {
  const char *name() const override { return "dial"; }
};

extern "C" Widget *makeWidget() { return new Dial; }
