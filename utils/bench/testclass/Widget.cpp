#include "Widget.h"

static uintptr_t livingWidgets;

// FNV-1a over the function's name and its arguments.
void Checksum::add(const char *function, int w, int h) {
  for (; *function; ++function)
    value = (value ^ static_cast<unsigned char>(*function)) * 16777619u;
  value = (value ^ static_cast<uint32_t>(w)) * 16777619u;
  value = (value ^ static_cast<uint32_t>(h)) * 16777619u;
}

#define DEFINE(type, sum, name)                                                \
  void type::name(int w, int h) {                                              \
    sum.add(#type "::" #name, w, h);                                           \
  }
#define DEFINE_OBJECT(name) DEFINE(Object, objectSum, name)
#define DEFINE_PAINTDEVICE(name) DEFINE(PaintDevice, deviceSum, name)
#define DEFINE_WIDGET(name) DEFINE(Widget, objectSum, name)

Object::Object() noexcept {}
Object::~Object() {}
OBJECT_OVERRIDDEN(DEFINE_OBJECT)
OBJECT_INHERITED(DEFINE_OBJECT)

PaintDevice::PaintDevice() noexcept {}
PaintDevice::~PaintDevice() {}
PAINTDEVICE_OVERRIDDEN(DEFINE_PAINTDEVICE)
PAINTDEVICE_INHERITED(DEFINE_PAINTDEVICE)

Widget::Widget() noexcept {
  livingWidgets ^= reinterpret_cast<uintptr_t>(this);
}
Widget::~Widget() {
  livingWidgets ^= reinterpret_cast<uintptr_t>(this);
}
OBJECT_OVERRIDDEN(DEFINE_WIDGET)
PAINTDEVICE_OVERRIDDEN(DEFINE_WIDGET)
WIDGET_FUNCTIONS(DEFINE_WIDGET)
DEFINE_WIDGET(setSizeIncrement)

uintptr_t Widget::living() {
  return livingWidgets;
}
