//===- ImageVTables.h - the vtables of a finished image ---------*- C++ -*-===//
//
// An image has no section for each vtable and often no symbol either: strip
// removes .symtab, and .dynsym has only what is exported. The extents of
// symbols are the first evidence, the shape of words and relocations the
// second.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_VTABLE_IMAGEVTABLES_H
#define OBJPRELINK_VTABLE_IMAGEVTABLES_H

#include "ELF/Image.h"
#include "ELF/RelocationKinds.h"
#include "llvm/Support/Error.h"

namespace objprelink {

/// How we know that a range is a virtual table.
enum class Evidence : uint8_t {
  Symbol, ///< the extent of a _ZTV or _ZTC symbol
  Shape,  ///< offset to top, typeinfo, functions (Itanium C++ ABI, 2.5.2)
};

/// Whole words in the file contents of one segment.
struct ImageVTable {
  uint64_t begin = 0;
  uint64_t end = 0;
  /// The symbol's, cut after kLongestName characters; empty where there is
  /// none.
  llvm::StringRef name;
  Evidence evidence = Evidence::Symbol;

  static constexpr size_t kLongestName = 4096;
};

/// A dynamic relocation that makes a word of a vtable the address of a symbol.
struct ImageSlot {
  uint32_t relocation = 0; ///< index into Image::relocations
  uint32_t vtable = 0;     ///< index into ImageVTables::tables
};

struct ImageVTables {
  /// By address; they do not overlap.
  std::vector<ImageVTable> tables;
  /// In the order of their places, all different. Those of a table with a name
  /// are all its words that name a symbol, typeinfo and such included; those of
  /// a table by shape name what looks like a function. No other relocation
  /// touches such a word.
  std::vector<ImageSlot> slots;
};

/// Finds the vtables of \p image by the symbols of .dynsym and .symtab, and by
/// their looks where no symbol is, if \p byShape. Tables by shape that have no
/// slot are left out, and a group of tables of one class may be several.
llvm::Expected<ImageVTables> findImageVTables(const Image &image,
                                              const RelocationKinds &kinds,
                                              bool byShape = true);

} // namespace objprelink

#endif
