//===- AndroidRelocations.h - DT_ANDROID_RELA, DT_ANDROID_REL ---*- C++ -*-===//
//
// Android's packed table of relocations begins with "APS2" and goes on with
// numbers in SLEB128: how many relocations there are, the first offset, and
// groups. A group says which of offset distance, r_info and addend are the same
// for all of its relocations, which then take no bytes for it.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_ELF_ANDROIDRELOCATIONS_H
#define OBJPRELINK_ELF_ANDROIDRELOCATIONS_H

#include "ELF/Object.h"
#include "llvm/Support/Error.h"
#include <vector>

namespace objprelink {

/// The relocations of \p table. Nothing in it bounds how many they are, so that
/// the caller says how many there can be.
llvm::Expected<std::vector<Relocation>>
decodeAndroidRelocations(Bytes table, bool is64, uint64_t most);

} // namespace objprelink

#endif
