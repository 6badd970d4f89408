//===- ReportFuzzer.cpp - a report on any bytes -------------------------===//

#include "Oracles.h"

using namespace objprelink;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  checkReport(Bytes(data, size));
  return 0;
}
