// The static library: its vtables become part of the program and the plugin.
#include "button.h"

int Button::height() const { return 20; }
const char *Button::name() const { return "button"; }
const char *Switch::name() const { return "switch"; }
