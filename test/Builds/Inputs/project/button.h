#ifndef BUTTON_H
#define BUTTON_H

#include "widget.h"

class Button : public Widget {
public:
  int height() const override;
  const char *name() const override;
};

class Switch : public Button {
public:
  const char *name() const override;
};

#endif
