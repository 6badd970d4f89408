//===- Relr.h - packed relative relocations ---------------------*- C++ -*-===//
//
// DT_RELR (gABI, "Relative Relocation Table") is a list of words. An even one
// is the address of a place to relocate; an odd one is a bitmap whose bits 1
// to 63 (31) stand for the words that follow the last place, or the last
// bitmap's words. The addend is what the place holds.
//
// A place must be even, because odd words are bitmaps; it need not be a
// multiple of the word's size. GNU ld and lld do pack the even places of packed
// structures, so the decoder takes them. The caller of the encoder chooses the
// places and should choose aligned ones: an aligned place costs one bit, any
// other a word.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_ELF_RELR_H
#define OBJPRELINK_ELF_RELR_H

#include "Support/Extents.h"
#include "llvm/Support/Error.h"
#include <vector>

namespace objprelink {

/// The places that \p table relocates, in rising order. Refused are tables that
/// begin with a bitmap, that name a place twice or out of order (ld.so would
/// add the base twice; no linker writes them), whose places leave the address
/// space, and that name more places than \p most: a bitmap stands for 63 times
/// its own size of memory, so the caller says how many there can be.
llvm::Expected<std::vector<uint64_t>> decodeRelr(Bytes table, bool is64,
                                                 uint64_t most = UINT64_MAX);

/// The table that linkers write for \p places, which are even, rising, and
/// addresses of the class; others are refused.
llvm::Expected<ByteVector> encodeRelr(llvm::ArrayRef<uint64_t> places,
                                      bool is64);

} // namespace objprelink

#endif
