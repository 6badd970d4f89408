//===- CodeSymbols.h - names of new code ------------------------*- C++ -*-===//

#ifndef OBJPRELINK_IMAGEREWRITER_CODESYMBOLS_H
#define OBJPRELINK_IMAGEREWRITER_CODESYMBOLS_H

#include "ImageEdit/ImageEdit.h"
#include "ImageRewriter/EntryCode.h"

namespace objprelink {

/// A symbol for each of \p pieces of code, which is \p moved up by so much,
/// that GNU BFD does not name by itself, which goes into the added section with
/// index \p section. Where it names entries f@plt, gdb would take a symbol of
/// ours for a function's, and not step through. Other names are those of the
/// object pass: demanglers print "f() [clone .relay]".
std::vector<AddedSymbol> nameCode(const Image &image, const Target &target,
                                  llvm::ArrayRef<CodePiece> pieces,
                                  uint64_t moved, uint32_t section);

} // namespace objprelink

#endif
