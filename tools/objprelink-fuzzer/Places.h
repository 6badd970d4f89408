//===- Places.h - which bytes of a file readers trust -----------*- C++ -*-===//
//
// Headers, tables and what the dynamic table leads to, found without the
// library's readers and in any bytes: where a file is too damaged to find more,
// less is found. Code and data are no places; what stands there is not read.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_FUZZER_PLACES_H
#define OBJPRELINK_FUZZER_PLACES_H

#include "Support/Extents.h"
#include <vector>

namespace objprelink {

struct Place {
  uint64_t offset = 0;
  uint64_t size = 0;
  /// Of one field of a table, which is as wide as its class says; archives have
  /// text, of single bytes.
  uint8_t width = 1;
  /// ELF, program and section headers and the dynamic table, headers of
  /// members: what describes the rest.
  bool isHeader = false;
};

/// All of them, of an ELF file or an archive; of each other table not more than
/// \p most bytes.
std::vector<Place> findPlaces(Bytes file, uint64_t most);

} // namespace objprelink

#endif
