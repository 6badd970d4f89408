//===- SymbolicWords.h - whether there is anything to redirect --*- C++ -*-===//

#ifndef OBJPRELINK_ELF_SYMBOLICWORDS_H
#define OBJPRELINK_ELF_SYMBOLICWORDS_H

#include "ELF/Classify.h"

namespace objprelink {

/// Whether the loader is told of a word that is the address of a symbol, by a
/// relocation of type \p absoluteWord. Where there is none, the image need not
/// be read. \p contents is \p image; there may be no section headers. What
/// cannot be read here, the reader will say why.
bool mayHaveSymbolicWords(Bytes contents, const Classification &image,
                          uint32_t absoluteWord);

} // namespace objprelink

#endif
