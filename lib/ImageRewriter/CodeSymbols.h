//===- CodeSymbols.h - names of new code ------------------------*- C++ -*-===//

#ifndef OBJPRELINK_IMAGEREWRITER_CODESYMBOLS_H
#define OBJPRELINK_IMAGEREWRITER_CODESYMBOLS_H

#include "ELF/ImageEdit.h"
#include "ImageRewriter/EntryCode.h"

namespace objprelink {

/// A symbol for each piece of \p code, which goes into the added section with
/// index \p section. The names are those of the object pass: demanglers print
/// "f() [clone .relay]".
std::vector<AddedSymbol> nameCode(const Image &image, const EntryCode &code,
                                  uint32_t section);

} // namespace objprelink

#endif
