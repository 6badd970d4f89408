// hazard L03
// 64 threads, each on the smallest stack that the system allows, make the same
// first virtual call at once: binding a slot is safe and costs little stack.

// RUN: rm -rf %t && split-file %s %t
// RUN: %run-matrix --ldflags=-pthread %t base.so=base.cpp \
// RUN:   derived.so=derived.cpp+base.so main=main.cpp+derived.so+base.so

//--- base.h
struct Base {
  virtual long f0(long x);
  virtual long f1(long x);
  virtual long f2(long x);
  virtual long f3(long x);
  virtual long f4(long x);
  virtual long f5(long x);
  virtual long f6(long x);
  virtual long f7(long x);
};
Base *make();

//--- base.cpp
#include "base.h"
long Base::f0(long x) { return x; }
long Base::f1(long x) { return x + 1; }
long Base::f2(long x) { return x + 2; }
long Base::f3(long x) { return x + 3; }
long Base::f4(long x) { return x + 4; }
long Base::f5(long x) { return x + 5; }
long Base::f6(long x) { return x + 6; }
long Base::f7(long x) { return x + 7; }

//--- derived.cpp
#include "base.h"
struct Derived : Base {
  virtual void key();
};
void Derived::key() {}
Base *make() { return new Derived; }

//--- main.cpp
#include "base.h"
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
static Base *object;
static pthread_barrier_t barrier;
static void *work(void *argument) {
  long (Base::*const calls[])(long) = {&Base::f0, &Base::f1, &Base::f2,
                                       &Base::f3, &Base::f4, &Base::f5,
                                       &Base::f6, &Base::f7};
  long sum = 0;
  for (auto call : calls) {
    pthread_barrier_wait(&barrier);
    sum += (object->*call)(reinterpret_cast<long>(argument));
  }
  return reinterpret_cast<void *>(sum);
}
int main() {
  const long count = 64;
  pthread_t threads[count];
  pthread_attr_t attributes;
  object = make();
  pthread_barrier_init(&barrier, nullptr, count);
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, sysconf(_SC_THREAD_STACK_MIN));
  for (long i = 0; i < count; ++i)
    if (pthread_create(&threads[i], &attributes, work,
                       reinterpret_cast<void *>(i)))
      return 1;
  long total = 0;
  for (pthread_t thread : threads) {
    void *sum;
    pthread_join(thread, &sum);
    total += reinterpret_cast<long>(sum);
  }
  printf("%ld\n", total);
}

//--- expected
17920
