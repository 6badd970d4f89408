//===- ImageRelocations.h - the relocations of the result -------*- C++ -*-===//
//
// The relocations of an image are one value, which each pass maps to the next:
// first the plan of slots (Redirection.cpp), then that of packing
// (PackPlan.cpp). All tables are made from the result once
// (RelocationTables.h). Places and values are addresses of the image or offsets
// in additions, so that the value is complete, and the sizes of all tables are
// known, before anything has a place.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_IMAGEEDIT_IMAGERELOCATIONS_H
#define OBJPRELINK_IMAGEEDIT_IMAGERELOCATIONS_H

#include "ImageEdit/Addition.h"

namespace objprelink {

/// Which RELATIVE relocations go into DT_RELR.
enum class Packing : uint8_t {
  None,
  /// Those that a pass has made, with what is there already: readers take the
  /// mixture for a mistake (BOLT has no addends for a part of it).
  New,
  All,
  /// All, but into a table of the same form that code of the image applies
  /// (Prerelocation.h), and no DT_RELR.
  Private,
};

struct NewRelocation {
  Address place;
  uint32_t type = 0;
  uint32_t symbol = 0;
  Address value; ///< the addend, of tables that have addends
};

/// A word of memory that is not what it was.
struct NewWord {
  Address place;
  Address value;
};

struct ImageRelocations {
  /// DT_RELA or DT_REL: the image's own, whatever became of them, in their
  /// order, then new ones. RelocationTables puts them in the order for ld.so.
  std::vector<NewRelocation> main;
  /// Whether those of a symbol, which are not in order, are to stand together.
  bool bySymbol = false;
  /// DT_JMPREL.
  std::vector<NewRelocation> plt;
  bool pltChanges = false;
  /// How many of the first of these belong to the entries of the image's own
  /// PLT, in their order.
  uint64_t numbered = 0;
  /// DT_RELR, or the private table, decoded; it changes unless packing is None.
  std::vector<uint64_t> relr;
  Packing packing = Packing::None;
  /// Among them the addends of REL and RELR, which are in the places.
  std::vector<NewWord> words;
};

/// Those of \p image as they are.
ImageRelocations relocationsOf(const Image &image);

/// The address that is \p address of the image.
inline Address inImage(uint64_t address) {
  return {nullptr, address};
}

} // namespace objprelink

#endif
