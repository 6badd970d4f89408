//===- RelocationKinds.h - a machine's dynamic relocations ------*- C++ -*-===//
//
// The numbers by which code that knows no machine tells the relocations of an
// image apart. A target fills it in.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_ELF_RELOCATIONKINDS_H
#define OBJPRELINK_ELF_RELOCATIONKINDS_H

#include <cstdint>

namespace objprelink {

struct RelocationKinds {
  unsigned wordSize = 0;
  /// Makes a word the address of a symbol.
  uint32_t absoluteWord = 0;
  /// Adds the address of the image to a word.
  uint32_t relative = 0;
};

} // namespace objprelink

#endif
