//===- References.h - who may refer to a part of an image -------*- C++ -*-===//
//
// A rewrite overwrites memory only where nobody reads it. Headers, the dynamic
// table and section headers say where tables are, and follow one that moves.
// Code and data can lead anywhere, and no relocation tells of a distance that
// the linker has worked out: Qt 6 has a note in each plugin, and a function
// that returns the note's address. So all code is searched for distances, and
// all data for addresses and distances, that lead into what is to be
// overwritten. The search errs to one side: it takes bytes for a reference that
// are none, and then that memory stays as it is.
//
// The search cannot find an address that code works out from the address of
// something else. Compilers do that within one section only, and notes whose
// owners are not known do not move at all.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_IMAGEREWRITER_REFERENCES_H
#define OBJPRELINK_IMAGEREWRITER_REFERENCES_H

#include "ELF/Image.h"

namespace objprelink {

class References {
public:
  explicit References(const Image &image) : image(image) {}

  /// Who may refer to a byte of \p range, or to its end: "code at 0x1234", for
  /// a message. Nothing where nobody does.
  std::optional<std::string> find(const AddressRange &range);
  /// The same for a table that only the linker writes, such as DT_RELA's. No
  /// input has a symbol inside of it, so who refers to it other than by a
  /// header has a symbol of a linker script for its beginning.
  std::optional<std::string> findTable(const AddressRange &table) const;

private:
  const Image &image;
  /// Ranges that were searched for, and that nobody refers to.
  std::vector<AddressRange> unused;
};

/// Whether all notes that begin in \p range are of kinds that programs find
/// through headers, and that mean the same at any address.
bool areMovableNotes(const Image &image, const AddressRange &range);

} // namespace objprelink

#endif
