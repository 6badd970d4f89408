#ifndef WIDGET_H
#define WIDGET_H

class Widget {
public:
  virtual ~Widget();
  virtual int width() const;
  virtual int height() const;
  virtual const char *name() const;
};

class Label : public Widget {
public:
  const char *name() const override;
};

#endif
