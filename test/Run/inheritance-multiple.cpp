// hazard V04
// Secondary vtables hold thunks beside inherited functions: the thunks adjust
// `this` before and the stubs must not disturb it.

// RUN: rm -rf %t && split-file %s %t
// RUN: %run-matrix %t base.so=base.cpp both.so=both.cpp+base.so \
// RUN:   main=main.cpp+both.so+base.so

//--- base.h
struct Left {
  int left = 1;
  virtual ~Left();
  virtual int onlyLeft();
  virtual int shared();
};
struct Right {
  int right = 2;
  virtual ~Right();
  virtual int onlyRight();
  virtual int shared();
  virtual Right *self();
};
struct Both : Left, Right {
  int both = 4;
  virtual ~Both();
  int shared() override;
  Both *self() override;
};
Both *make();
extern int destroyed;

//--- base.cpp
#include "base.h"
int destroyed;
Left::~Left() { destroyed += left; }
int Left::onlyLeft() { return left; }
int Left::shared() { return -1; }
Right::~Right() { destroyed += right; }
int Right::onlyRight() { return right; }
int Right::shared() { return -2; }
Right *Right::self() { return this; }

//--- both.cpp
#include "base.h"
Both::~Both() { destroyed += both; }
int Both::shared() { return left * 100 + right * 10 + both; }
Both *Both::self() { return this; }
Both *make() { return new Both; }

//--- main.cpp
#include "base.h"
#include <stdio.h>
struct Leaf : Both {
  int onlyRight() override { return Both::onlyRight() + both; }
};
static void show(Left *left, Right *right) {
  printf("%d %d %d %d %d\n", left->onlyLeft(), left->shared(),
         right->onlyRight(), right->shared(), right->self() == right);
  delete right;
  printf("destroyed %d\n", destroyed);
}
int main() {
  Both *both = make();
  show(both, both);
  both = new Leaf;
  show(both, both);
}

//--- expected
1 124 2 124 1
destroyed 7
1 124 6 124 1
destroyed 14
