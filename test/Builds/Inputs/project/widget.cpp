// The shared library: functions that its own vtables and others' name, each
// more than once, so that relays save look-ups too.
#include "widget.h"

Widget::~Widget() {}
int Widget::width() const { return 30; }
int Widget::height() const { return 40; }
const char *Widget::name() const { return "widget"; }
const char *Label::name() const { return "label"; }
