// hazard V03 V04
// Four levels of virtual bases bring virtual thunks (_ZTv), covariant return
// thunks (_ZTc), VTTs and construction vtables, each in another library.

// RUN: rm -rf %t && split-file %s %t
// RUN: %run-matrix %t base.so=base.cpp mid.so=mid.cpp+base.so \
// RUN:   main=main.cpp+mid.so+base.so

//--- base.h
struct Root {
  int root = 1;
  virtual ~Root();
  virtual Root *clone();
  virtual int sum();
  virtual int plain();
};
struct Left : virtual Root {
  int left = 10;
  Left *clone() override;
  int sum() override;
};
struct Right : virtual Root {
  int right = 100;
  Right *clone() override;
  virtual int onlyRight();
};
struct Join : Left, Right {
  int join = 1000;
  Join *clone() override;
  int sum() override;
};
struct Deep : virtual Join {
  int deep = 10000;
  Deep *clone() override;
  int plain() override;
};
Root *make(int level);

//--- base.cpp
#include "base.h"
Root::~Root() {}
Root *Root::clone() { return new Root; }
int Root::sum() { return root; }
int Root::plain() { return -root; }
Left *Left::clone() { return new Left; }
int Left::sum() { return root + left; }

//--- mid.cpp
#include "base.h"
Right *Right::clone() { return new Right; }
int Right::onlyRight() { return root + right; }
Join *Join::clone() { return new Join; }
int Join::sum() { return root + left + right + join; }

//--- main.cpp
#include "base.h"
#include <stdio.h>
Deep *Deep::clone() { return new Deep; }
int Deep::plain() { return deep; }
struct Leaf : Deep {
  Leaf *clone() override { return new Leaf; }
};
static void show(Root *object) {
  Root *copy = object->clone();
  printf("%d %d\n", copy->sum(), copy->plain());
  delete copy;
  delete object;
}
int main() {
  show(new Root);
  show(new Left);
  show(new Right);
  show(new Join);
  show(new Deep);
  show(new Leaf);
  Right *right = new Leaf;
  Right *copy = right->clone();
  printf("%d %d\n", copy->onlyRight(), copy->sum());
  delete right;
  delete copy;
}

//--- expected
1 -1
11 -1
1 -1
1111 -1
1111 10000
1111 10000
101 1111
