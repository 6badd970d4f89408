// Opened by the program; it defines what the program's library has, too.
#include "library.h"
#include <cstdio>
int interposed() {
  return 3;
}
__thread int own = 20;
struct Plugged : Base {
  int value() const override { return 30; }
};
extern "C" int late() {
  return 77;
}
extern "C" int plugin() {
  Plugged object;
  return ++counter() * 10000 + object.other() * 10 + callInterposed() +
         interposed() * 1000 + ++own;
}
__attribute__((constructor)) static void begin() {
  puts("plugin begins");
}
__attribute__((destructor)) static void end() {
  puts("plugin ends");
}
