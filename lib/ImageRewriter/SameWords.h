//===- SameWords.h - the words that hold one function's address -*- C++ -*-===//

#ifndef OBJPRELINK_IMAGEREWRITER_SAMEWORDS_H
#define OBJPRELINK_IMAGEREWRITER_SAMEWORDS_H

#include "ELF/Image.h"
#include "Target/Target.h"

namespace objprelink {

/// Of a symbol: the words of an image that hold what it resolves to, words of
/// GOT and PLT left out.
struct SameWords {
  /// Those whose relocations name the symbol.
  uint32_t count = 0;
  /// Whether others have the same address, by another symbol or by none.
  bool hasOtherName = false;
};

/// For each symbol of \p image.
std::vector<SameWords> findSameWords(const Image &image, const Target &target);

} // namespace objprelink

#endif
