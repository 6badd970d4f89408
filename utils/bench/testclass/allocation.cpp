// operator new and delete for test libraries that are linked without a C++
// library, so that one object serves glibc and musl.
#include <cstddef>
#include <cstdlib>

void *operator new(std::size_t size) {
  return std::malloc(size);
}
void operator delete(void *place) noexcept {
  std::free(place);
}
void operator delete(void *place, std::size_t) noexcept {
  std::free(place);
}
