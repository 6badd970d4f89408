//===- DynamicTables.h - the parts of readImage -----------------*- C++ -*-===//
//
// What the dynamic table points to, read in this order into an image whose
// segments and dynamic table are there already. Nothing else includes this.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_ELF_DYNAMICTABLES_H
#define OBJPRELINK_ELF_DYNAMICTABLES_H

#include "ELF/Image.h"
#include "llvm/Support/Error.h"

namespace objprelink {

/// Finds DT_STRTAB and checks the entries of the dynamic table that are names.
llvm::Error readDynamicStrings(Image &image);
/// Reads DT_RELA or DT_REL, DT_JMPREL and DT_RELR, and Android's packed forms
/// of them if \p takesPacked. Symbol indices wait for the symbols.
llvm::Error readDynamicRelocations(Image &image, bool takesPacked);
/// Reads DT_SYMTAB and checks the symbol indices of relocations.
llvm::Error readDynamicSymbols(Image &image);
/// Reads DT_VERNEED, DT_VERDEF and DT_VERSYM.
llvm::Error readSymbolVersions(Image &image);

/// The value of an entry that must be there.
llvm::Expected<uint64_t> requiredValue(const Image &image, int64_t tag);
/// The table of \p size bytes that \p tag points to, which must lie in the file
/// contents of a segment.
llvm::Expected<Bytes> tableContents(const Image &image, int64_t tag,
                                    const AddressRange &range);
/// Refuses a name that is not in the string table; \p context gives its place.
llvm::Error checkString(const Image &image, uint64_t offset,
                        llvm::function_ref<std::string()> context);

} // namespace objprelink

#endif
