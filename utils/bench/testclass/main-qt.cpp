// As main.cpp, for test libraries derived from Qt 5's QWidget: calls the
// virtual functions of every class through the vtables and compares what can be
// seen of it (results, accepted events, warnings) with what a plain QWidget
// does. Qt 5's setSizeIncrement is not virtual, so that of a testclass is a
// slot of its own which a QWidget pointer cannot reach: all others are called.
#include <QtWidgets>

#include <cstdio>
#include <new>

// Class number t of the library, made in `place` or on the heap; null when
// there is no such class.
extern "C" QWidget *create(int t, void *place);

// Pointers to the protected members are taken from here; calling through them
// is as virtual as a call by name.
struct WidgetAccess : QWidget {
  using QObject::childEvent, QObject::connectNotify, QObject::customEvent,
      QObject::disconnectNotify, QObject::timerEvent;
  using QWidget::actionEvent, QWidget::changeEvent, QWidget::closeEvent,
      QWidget::contextMenuEvent, QWidget::dragEnterEvent,
      QWidget::dragLeaveEvent, QWidget::dragMoveEvent, QWidget::dropEvent,
      QWidget::enterEvent, QWidget::event, QWidget::focusInEvent,
      QWidget::focusNextPrevChild, QWidget::focusOutEvent, QWidget::hideEvent,
      QWidget::initPainter, QWidget::inputMethodEvent, QWidget::keyPressEvent,
      QWidget::keyReleaseEvent, QWidget::leaveEvent, QWidget::metric,
      QWidget::mouseDoubleClickEvent, QWidget::mouseMoveEvent,
      QWidget::mousePressEvent, QWidget::mouseReleaseEvent, QWidget::moveEvent,
      QWidget::nativeEvent, QWidget::paintEvent, QWidget::redirected,
      QWidget::resizeEvent, QWidget::sharedPainter, QWidget::showEvent,
      QWidget::tabletEvent, QWidget::wheelEvent;
};
struct DeviceAccess : QPaintDevice {
  using QPaintDevice::initPainter, QPaintDevice::metric,
      QPaintDevice::redirected, QPaintDevice::sharedPainter;
};

namespace {
// The sum over what the calls on one widget did, and their number.
struct Trace {
  uint32_t sum = 2166136261u;
  int calls = 0;

  void add(uint32_t seen) { sum = (sum ^ seen) * 16777619u; }
  void call(uint32_t seen) {
    add(seen);
    ++calls;
  }
};
} // namespace

static uint32_t warnings;

static void countWarning(QtMsgType, const QMessageLogContext &,
                         const QString &) {
  ++warnings;
}

static void callEvents(QWidget &widget, Trace &trace) {
#define SEND(name, ...)                                                        \
  {                                                                            \
    __VA_ARGS__;                                                               \
    (widget.*&WidgetAccess::name)(&event);                                     \
    trace.call(event.isAccepted());                                            \
  }
  const QPointF at(1, 2);
  const Qt::MouseButton button = Qt::LeftButton;
  const Qt::KeyboardModifiers none = Qt::NoModifier;
  QMimeData mime;
  QAction action(nullptr);

  SEND(timerEvent, QTimerEvent event(1))
  SEND(childEvent, QChildEvent event(QEvent::ChildAdded, &action))
  SEND(customEvent, QEvent event(QEvent::User))
  SEND(mousePressEvent,
       QMouseEvent event(QEvent::MouseButtonPress, at, button, button, none))
  SEND(mouseReleaseEvent,
       QMouseEvent event(QEvent::MouseButtonRelease, at, button, button, none))
  SEND(mouseDoubleClickEvent,
       QMouseEvent event(QEvent::MouseButtonDblClick, at, button, button, none))
  SEND(mouseMoveEvent,
       QMouseEvent event(QEvent::MouseMove, at, button, button, none))
  SEND(wheelEvent,
       QWheelEvent event(at, at, QPoint(0, 1), QPoint(0, 8), Qt::NoButton, none,
                         Qt::NoScrollPhase, false))
  SEND(keyPressEvent, QKeyEvent event(QEvent::KeyPress, Qt::Key_A, none))
  SEND(keyReleaseEvent, QKeyEvent event(QEvent::KeyRelease, Qt::Key_A, none))
  SEND(focusInEvent, QFocusEvent event(QEvent::FocusIn))
  SEND(focusOutEvent, QFocusEvent event(QEvent::FocusOut))
  SEND(enterEvent, QEvent event(QEvent::Enter))
  SEND(leaveEvent, QEvent event(QEvent::Leave))
  SEND(paintEvent, QPaintEvent event(QRect(0, 0, 1, 1)))
  SEND(moveEvent, QMoveEvent event(QPoint(0, 0), QPoint(1, 1)))
  SEND(resizeEvent, QResizeEvent event(QSize(2, 2), QSize(1, 1)))
  SEND(closeEvent, QCloseEvent event)
  SEND(contextMenuEvent,
       QContextMenuEvent event(QContextMenuEvent::Mouse, QPoint(1, 2)))
  SEND(tabletEvent,
       QTabletEvent event(QEvent::TabletMove, at, at, 0, 0, 0.5, 0, 0, 0, 0, 0,
                          none, 1, button, Qt::NoButton))
  SEND(actionEvent, QActionEvent event(QEvent::ActionAdded, &action))
  SEND(dragEnterEvent,
       QDragEnterEvent event(QPoint(1, 2), Qt::CopyAction, &mime, button, none))
  SEND(dragMoveEvent,
       QDragMoveEvent event(QPoint(1, 2), Qt::CopyAction, &mime, button, none))
  SEND(dragLeaveEvent, QDragLeaveEvent event)
  SEND(dropEvent, QDropEvent event(at, Qt::CopyAction, &mime, button, none))
  SEND(showEvent, QShowEvent event)
  SEND(hideEvent, QHideEvent event)
  SEND(changeEvent, QEvent event(QEvent::EnabledChange))
  SEND(inputMethodEvent, QInputMethodEvent event)
#undef SEND
}

// The functions of QPaintDevice, which are slots of both vtable parts.
template <class Access, class Base>
static void callPaintDevice(Base &device, QPainter &painter, Trace &trace) {
  QPoint offset;
  trace.call(device.devType());
  trace.call(device.paintEngine() == nullptr);
  trace.call((device.*&Access::metric)(QPaintDevice::PdmWidth));
  (device.*&Access::initPainter)(&painter);
  trace.call(painter.pen().color().rgba());
  trace.call((device.*&Access::redirected)(&offset) == nullptr);
  trace.call((device.*&Access::sharedPainter)() == nullptr);
}

static Trace callAll(QWidget &widget) {
  Trace trace;
  warnings = 0;
  callEvents(widget, trace);

  QEvent user(QEvent::User);
  long result = 0;
  trace.call((widget.*&WidgetAccess::event)(&user));
  trace.call(widget.eventFilter(&widget, &user));
  (widget.*&WidgetAccess::connectNotify)(QMetaMethod());
  trace.call(0);
  (widget.*&WidgetAccess::disconnectNotify)(QMetaMethod());
  trace.call(0);
  trace.call(widget.metaObject()->methodCount());
  trace.call(widget.qt_metacast("QPaintDevice") != nullptr);
  trace.call(widget.qt_metacall(QMetaObject::InvokeMetaMethod, 9999, nullptr));
  trace.call(
      (widget.*&WidgetAccess::nativeEvent)(QByteArray(), nullptr, &result));
  trace.call((widget.*&WidgetAccess::focusNextPrevChild)(true));
  widget.setVisible(false);
  trace.call(widget.isVisible());
  trace.call(widget.sizeHint().width());
  trace.call(widget.minimumSizeHint().width());
  trace.call(widget.heightForWidth(7));
  trace.call(widget.hasHeightForWidth());
  trace.call(widget.inputMethodQuery(Qt::ImCursorRectangle).toRect().width());

  QImage image(8, 8, QImage::Format_RGB32);
  QPainter painter(&image);
  callPaintDevice<WidgetAccess>(widget, painter, trace);
  callPaintDevice<DeviceAccess, QPaintDevice>(widget, painter, trace);
  trace.add(warnings);
  return trace;
}

int main(int argc, char **argv) {
  const QApplication application(argc, argv);
  qInstallMessageHandler(countWarning);
  alignas(QWidget) unsigned char place[sizeof(QWidget)];
  uint32_t checksum = 0;
  int calls = 0, t = 1;
  while (QWidget *widget = create(t, place)) {
    QWidget model;
    const Trace expected = callAll(model), seen = callAll(*widget);
    if (seen.sum != expected.sum) {
      std::fprintf(stderr, "testclass<%d>: a slot leads elsewhere\n", t);
      return 1;
    }
    checksum = checksum * 31 + seen.sum;
    // The four destructor slots: complete and deleting, of both vtable parts.
    static_cast<QObject *>(widget)->~QObject();
    static_cast<QPaintDevice *>(create(t, place))->~QPaintDevice();
    delete static_cast<QObject *>(create(t, nullptr));
    delete static_cast<QPaintDevice *>(create(t, nullptr));
    calls = seen.calls + 4;
    ++t;
  }
  if (QApplication::allWidgets().size() != 0) {
    std::fprintf(stderr, "a destructor slot leads elsewhere\n");
    return 1;
  }
  std::printf("classes: %d, slots called: %d each, checksum: %08x\n", t - 1,
              calls, static_cast<unsigned>(checksum));
  return 0;
}
