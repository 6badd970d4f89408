// Calls every virtual function of every class of a test library through the
// vtables, and says what came of it. Each class must do what a plain Widget
// does when the same functions are called by name, without a vtable: a slot
// that leads to another function, or passes a wrong `this` or argument, changes
// a checksum.
#include "Widget.h"

#include <cstdio>
#include <new>

// Class number t of the library, made in `place` or on the heap; null when
// there is no such class.
extern "C" Widget *create(int t, void *place);

static int slots;

// testclass<T> adds T to what setSizeIncrement is given and changes nothing
// else.
static void callAll(Widget &widget, Widget &model, int t) {
  PaintDevice &device = widget;
  slots = 0;
#define CALL_PRIMARY(name)                                                     \
  widget.name(++slots, t);                                                     \
  model.Widget::name(slots, t);
#define CALL_SECONDARY(name)                                                   \
  device.name(++slots, t);                                                     \
  model.Widget::name(slots, t);

  OBJECT_OVERRIDDEN(CALL_PRIMARY)
  OBJECT_INHERITED(CALL_PRIMARY)
  PAINTDEVICE_OVERRIDDEN(CALL_PRIMARY)
  WIDGET_FUNCTIONS(CALL_PRIMARY)
  widget.setSizeIncrement(++slots, t);
  model.Widget::setSizeIncrement(slots + t, t + t);

  PAINTDEVICE_OVERRIDDEN(CALL_SECONDARY)
  PAINTDEVICE_INHERITED(CALL_SECONDARY)
}

// The four destructor slots: complete and deleting, of both vtable parts.
static void destroyAll(int t, void *place) {
  static_cast<Object *>(create(t, place))->~Object();
  static_cast<PaintDevice *>(create(t, place))->~PaintDevice();
  delete static_cast<Object *>(create(t, nullptr));
  delete static_cast<PaintDevice *>(create(t, nullptr));
  slots += 4;
}

int main() {
  alignas(Widget) unsigned char place[sizeof(Widget)];
  uint32_t checksum = 0;
  int t = 1;
  while (Widget *widget = create(t, place)) {
    Widget model;
    callAll(*widget, model, t);
    if (widget->objectSum.value != model.objectSum.value ||
        widget->deviceSum.value != model.deviceSum.value) {
      std::fprintf(stderr, "testclass<%d>: a slot leads elsewhere\n", t);
      return 1;
    }
    checksum = checksum * 31 + model.objectSum.value;
    checksum = checksum * 31 + model.deviceSum.value;
    widget->~Widget();
    destroyAll(t, place);
    ++t;
  }
  if (Widget::living() != 0) {
    std::fprintf(stderr, "a destructor slot leads elsewhere\n");
    return 1;
  }
  std::printf("classes: %d, slots called: %d each, checksum: %08x\n", t - 1,
              slots, static_cast<unsigned>(checksum));
  return 0;
}
