//===- Mutator.cpp - how libFuzzer changes ELF files ----------------------===//
//
// Blind changes mostly hit code, or break a magic number and are refused at
// once. Two of three changes here are of one field of a table: it becomes a
// number of the kind that readers forget about, another field's value, or its
// own by a little more or less. The third is libFuzzer's own.
//
//===----------------------------------------------------------------------===//

#include "Places.h"
#include "llvm/ADT/STLExtras.h"
#include <cstring>
#include <random>

using namespace llvm;
using namespace objprelink;

extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size,
                                          size_t most, unsigned seed);

/// Of tables other than headers, so many bytes.
static constexpr uint64_t kMostOfTable = 4096;

namespace {
class Mutator {
public:
  Mutator(MutableArrayRef<uint8_t> file, unsigned seed)
      : file(file), random(seed), places(findPlaces(file, kMostOfTable)) {}
  bool canMutate() const { return !places.empty(); }
  void mutate();

private:
  /// A field that is all in the file.
  MutableArrayRef<uint8_t> chooseField();
  uint64_t chooseValue(uint64_t old);
  uint64_t below(uint64_t end) { return random() % std::max<uint64_t>(end, 1); }

  MutableArrayRef<uint8_t> file;
  std::mt19937_64 random;
  std::vector<Place> places;
};
} // namespace

MutableArrayRef<uint8_t> Mutator::chooseField() {
  const Place &place = places[below(places.size())];
  // Also half of a field: 64-bit headers have fields of both widths.
  const uint64_t width =
      std::max<uint64_t>(place.width >> below(place.width > 4 ? 2 : 1), 1);
  const uint64_t offset = place.offset + below(place.size / width) * width;
  return file.slice(offset, std::min<uint64_t>(width, file.size() - offset));
}

static uint64_t read(ArrayRef<uint8_t> field) {
  uint64_t value = 0;
  std::memcpy(&value, field.data(), std::min<size_t>(field.size(), 8));
  return value;
}

uint64_t Mutator::chooseValue(uint64_t old) {
  switch (below(8)) {
  case 0:
    return below(16);
  case 1:
    return uint64_t(1) << below(64);
  case 2:
    return (uint64_t(1) << below(64)) - 1;
  case 3:
    return -below(4096);
  case 4: // of this file, or a little past its end
    return below(file.size() + 64);
  case 5: // overlaps, cycles, the same table twice
    return read(chooseField());
  case 6:
    return old ^ uint64_t(1) << below(64);
  default:
    return old + below(65) - 32;
  }
}

void Mutator::mutate() {
  const MutableArrayRef<uint8_t> field = chooseField();
  const uint64_t value = chooseValue(read(field));
  std::memcpy(field.data(), &value, field.size());
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size,
                                          size_t most, unsigned seed) {
  Mutator mutator(MutableArrayRef(data, size), seed);
  if (seed % 3 == 0 || !mutator.canMutate())
    return LLVMFuzzerMutate(data, size, most);
  for (unsigned times = 1 + seed / 3 % 4; times; --times)
    mutator.mutate();
  return size;
}
