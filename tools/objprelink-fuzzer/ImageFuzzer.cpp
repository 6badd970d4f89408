//===- ImageFuzzer.cpp - any bytes as a library or PIE -------------------===//

#include "Oracles.h"

using namespace objprelink;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const Bytes bytes(data, size);
  checkImage(bytes, chooseConfig(imageConfigs(), bytes));
  checkNotes(bytes);
  return 0;
}
