#include <cstddef>
extern int copied;
int *addressOfCopied();
int interposed();
int callInterposed();
extern int (*const pointerToInterposed)();
extern int (*const pointerToGuarded)();
int (*addressOfGuarded())();
bool hasMissing();
int threadLocal(), threadLocals();
int callOpened();
int callLate();
int callChosen();
extern "C" int chosen();
extern int (*const pointerToChosen)();
extern void *(*const pointerToMemcpy)(void *, const void *, size_t);
extern double (*const pointerToSin)(double);
extern char *const pointerToAbsolute, *const intoArray;
extern char array[];
extern "C" int versioned();
struct Base {
  virtual ~Base();
  virtual int value() const;
  virtual int other() const;
};
struct Thrown {
  int number;
};
void throwIt(int number);
// One for the process, whoever comes first (STB_GNU_UNIQUE).
inline int &counter() {
  static int number;
  return number;
}
