// The Widget library: the class that the test libraries derive from, shaped as
// QWidget was when the paper counted relocations. Widget has two bases with
// virtual functions, overrides some functions of each and brings about a
// hundred of its own, so a class derived from it has a vtable in two parts:
//
//   primary    2 destructors + 10 Object's + 95 Widget's + 5 PaintDevice's that
//              Widget overrides = 112 slots
//   secondary  2 destructors + 6 PaintDevice's, 5 of them thunks = 8 slots
//
// A testclass overrides setSizeIncrement and has its own four destructor slots:
// of 120 slots, as many as in the paper, 115 name a function of Widget's. Five
// words of data per class are symbolic too: its type_info's three words, and
// the slots of both parts that point at it. So the relocations of testclassN.so
// are, with g++ -O2 -fPIC, --slots=all and lld (bfd has one JUMP_SLOT less: its
// __cxa_finalize is bound eagerly):
//
//                 R_X86_64_64,
//                 R_386_32      GLOB_DAT    JUMP_SLOT   RELATIVE
//   default       125 N           4 +   N     6         3
//   objprelink1     5 N         119 + 6 N     6         3 + 120 N
//   objprelink2     5 N           4 + 6 N   121         3 + 120 N   (x86-64)
//
// because functions that the object defines get relays from objprelink2, too.
// On i386 it gives what objprelink1 gives. clang points the complete destructor's
// slot straight at Widget's, which makes the distinct functions 116 + 4 N instead
// of 115 + 5 N; the linker shares a PLT entry for this one with the calls, so
// that with lld it is 120 + 5 N GLOB_DAT for objprelink1, and 4 + 5 N GLOB_DAT and
// 121 JUMP_SLOT for objprelink2.
#ifndef OBJPRELINK_TESTCLASS_WIDGET_H
#define OBJPRELINK_TESTCLASS_WIDGET_H

#include <cstdint>

// The virtual functions, each named once: the header declares them, Widget.cpp
// defines them and main.cpp calls them from these lists.
// clang-format off
#define OBJECT_OVERRIDDEN(F) F(metaObject) F(event) F(eventFilter)

#define OBJECT_INHERITED(F)                                                    \
  F(timerEvent) F(childEvent) F(customEvent) F(connectNotify)                  \
  F(disconnectNotify) F(insertChild) F(removeChild)

#define PAINTDEVICE_OVERRIDDEN(F)                                              \
  F(deviceType) F(metric) F(paintEngine) F(initPainter) F(redirected)

#define PAINTDEVICE_INHERITED(F) F(sharedPainter)

// All but setSizeIncrement, which a testclass overrides.
#define WIDGET_FUNCTIONS(F)                                                    \
  F(setEnabled) F(setMinimumSize) F(setMaximumSize) F(setBaseSize)             \
  F(setPalette) F(setFont) F(setCursor) F(setMask) F(setCaption) F(setIcon)    \
  F(setIconText) F(setMouseTracking) F(setFocus) F(setFocusPolicy)             \
  F(setFocusProxy) F(setUpdatesEnabled) F(setStyle) F(setGeometry)             \
  F(setSizePolicy) F(setAcceptDrops) F(setAutoMask) F(setBackgroundOrigin)     \
  F(setBackgroundMode) F(setBackgroundColor) F(setBackgroundPixmap)            \
  F(setEraseColor) F(setErasePixmap) F(setForegroundColor)                     \
  F(setKeyCompression) F(setMicroFocusHint) F(setActiveWindow) F(setTabOrder)  \
  F(setToolTip) F(setStatusTip) F(setWhatsThis) F(setWindowState)              \
  F(setWindowOpacity) F(setWindowFlags) F(setLayout) F(setContentsMargins)     \
  F(setInputMethod) F(setShortcut) F(setVisible) F(setHidden) F(update)        \
  F(repaint) F(show) F(hide) F(polish) F(close) F(raise) F(lower) F(move)      \
  F(resize) F(adjustSize) F(reparent) F(scroll) F(clearFocus) F(clearMask)     \
  F(showMinimized) F(showMaximized) F(showFullScreen) F(showNormal)            \
  F(grabMouse) F(sizeHint) F(minimumSizeHint) F(sizePolicy) F(heightForWidth)  \
  F(customWhatsThis) F(mousePressEvent) F(mouseReleaseEvent)                   \
  F(mouseDoubleClickEvent) F(mouseMoveEvent) F(wheelEvent) F(keyPressEvent)    \
  F(keyReleaseEvent) F(focusInEvent) F(focusOutEvent) F(enterEvent)            \
  F(leaveEvent) F(paintEvent) F(moveEvent) F(resizeEvent) F(closeEvent)        \
  F(contextMenuEvent) F(tabletEvent) F(actionEvent) F(dragEnterEvent)          \
  F(dragMoveEvent) F(dragLeaveEvent) F(dropEvent) F(showEvent) F(hideEvent)    \
  F(changeEvent)
// clang-format on

#define DECLARE(name) virtual void name(int w, int h);

// What an object remembers of the calls made on it: their order, the function
// that was reached, its arguments and, since it is a member, its `this`.
struct Checksum {
  uint32_t value = 2166136261u;
  void add(const char *function, int w, int h);
};

// The constructors are noexcept so that `new` in a test library needs no
// landing pad, whose personality routine would be one more relocation.
class Object {
public:
  Object() noexcept;
  virtual ~Object();
  OBJECT_OVERRIDDEN(DECLARE)
  OBJECT_INHERITED(DECLARE)

  Checksum objectSum;
};

class PaintDevice {
public:
  PaintDevice() noexcept;
  virtual ~PaintDevice();
  PAINTDEVICE_OVERRIDDEN(DECLARE)
  PAINTDEVICE_INHERITED(DECLARE)

  Checksum deviceSum;
};

class Widget : public Object, public PaintDevice {
public:
  Widget() noexcept;
  Widget(const Widget &) = delete;
  Widget &operator=(const Widget &) = delete;
  ~Widget();

  OBJECT_OVERRIDDEN(DECLARE)
  PAINTDEVICE_OVERRIDDEN(DECLARE)
  WIDGET_FUNCTIONS(DECLARE)
  DECLARE(setSizeIncrement)

  // The addresses of all widgets that live, XORed: zero again when each was
  // destroyed at the address where it was made.
  static uintptr_t living();
};

#undef DECLARE
#endif
