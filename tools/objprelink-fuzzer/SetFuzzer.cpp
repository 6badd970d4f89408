//===- SetFuzzer.cpp - any bytes as what a set says of itself -------------===//

#include "Oracles.h"

using namespace objprelink;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  checkSet(Bytes(data, size));
  return 0;
}
