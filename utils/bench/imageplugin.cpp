// A plugin of Qt 5 that reads images of the format "farbfeld", of the size that
// such plugins have. Its two classes inherit 15 functions of Qt, which slots of
// their vtables name, and override the others.
#include <QImage>
#include <QImageIOHandler>
#include <QImageIOPlugin>
#include <QRect>
#include <QSize>
#include <QtEndian>

class FarbfeldHandler : public QImageIOHandler {
public:
  bool canRead() const override { return isFarbfeld(device()); }
  bool read(QImage *image) override;
  QVariant option(ImageOption option) const override;
  bool supportsOption(ImageOption option) const override {
    return option == Size;
  }
  int imageCount() const override { return isFarbfeld(device()); }
  QRect currentImageRect() const override {
    return QRect(QPoint(), option(Size).toSize());
  }
  static bool isFarbfeld(QIODevice *device) {
    return device && device->peek(8) == "farbfeld";
  }

private:
  static QSize sizeOf(const QByteArray &head) {
    const auto *bytes = reinterpret_cast<const uchar *>(head.constData());
    return QSize(qFromBigEndian<qint32>(bytes + 8),
                 qFromBigEndian<qint32>(bytes + 12));
  }
};

bool FarbfeldHandler::read(QImage *image) {
  const QByteArray head = device()->read(16);
  if (head.size() != 16 || !head.startsWith("farbfeld"))
    return false;
  QImage out(sizeOf(head), QImage::Format_RGBA64);
  for (int y = 0; y < out.height(); ++y) {
    const QByteArray line = device()->read(qint64(out.width()) * 8);
    if (line.size() != qint64(out.width()) * 8)
      return false;
    const auto *from = reinterpret_cast<const uchar *>(line.constData());
    auto *to = reinterpret_cast<quint16 *>(out.scanLine(y));
    for (int i = 0; i < out.width() * 4; ++i)
      to[i] = qFromBigEndian<quint16>(from + 2 * i);
  }
  *image = out;
  return !out.isNull();
}

QVariant FarbfeldHandler::option(ImageOption option) const {
  const QByteArray head = option == Size ? device()->peek(16) : QByteArray();
  return head.size() == 16 ? QVariant(sizeOf(head)) : QVariant();
}

class FarbfeldPlugin : public QImageIOPlugin {
  Q_OBJECT
  Q_PLUGIN_METADATA(IID QImageIOHandlerFactoryInterface_iid)

public:
  Capabilities capabilities(QIODevice *device,
                            const QByteArray &format) const override {
    const bool is = FarbfeldHandler::isFarbfeld(device);
    return format == "ff" || is ? Capabilities(CanRead) : Capabilities();
  }
  QImageIOHandler *create(QIODevice *device,
                          const QByteArray &format) const override {
    auto *handler = new FarbfeldHandler;
    handler->setDevice(device);
    handler->setFormat(format);
    return handler;
  }
};

#include "imageplugin.moc"
