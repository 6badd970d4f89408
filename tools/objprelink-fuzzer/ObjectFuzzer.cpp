//===- ObjectFuzzer.cpp - any bytes as an object ------------------------===//

#include "Oracles.h"

using namespace objprelink;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const Bytes bytes(data, size);
  checkObject(bytes, chooseConfig(objectConfigs(), bytes));
  return 0;
}
