//===- References.h - who may refer to a part of an image -------*- C++ -*-===//
//
// A rewrite overwrites memory only where nobody reads it. Headers, the dynamic
// table and section headers say where tables are, and follow a table that
// moves. Code and data can lead anywhere, and there is no relocation for a
// distance that the linker has worked out: Qt 6 has a note in each plugin, and
// a function that returns the note's address. So all code is searched for
// distances, and all data for addresses and distances, that lead into the
// memory that is to be overwritten. The search errs to one side: it takes some
// bytes for a reference that are none, and then that memory stays as it is.
//
// The search cannot find an address that code works out from the address of
// something else. Compilers do that within one section only, and notes whose
// owners are not known do not move at all.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_IMAGEEDIT_REFERENCES_H
#define OBJPRELINK_IMAGEEDIT_REFERENCES_H

#include "ImageEdit/MachineCode.h"

namespace objprelink {

class References {
public:
  References(const Image &image, MachineCode machine);

  /// Who may refer to a byte of \p range, or to its end: "code at 0x1234", for
  /// a message. Nothing where nobody does. The range is of what a header leads
  /// to, or of what follows the program headers.
  std::optional<std::string> find(const AddressRange &range);
  /// The same for a table that only the linker writes, such as DT_RELA's. No
  /// input has a symbol inside of it, so who refers to it other than by a
  /// header has a symbol of a linker script for its beginning.
  std::optional<std::string> findTable(const AddressRange &table);

  /// Finds all references, where that was not done before. Questions do it,
  /// too.
  void collect();

private:
  enum class Kind : uint8_t { Code, Data, Relocation };
  struct Reference {
    uint64_t to = 0;
    uint64_t place = 0;
    Kind kind = Kind::Code;
  };

  /// Whether \p to can be in a range that is asked for, its end included.
  bool mayBeAsked(uint64_t to) const { return to - hull.address <= hull.size; }
  void add(std::vector<Reference> &out, uint64_t to, uint64_t place,
           Kind kind) const;
  void addCode(std::vector<Reference> &out) const;
  void addData(std::vector<Reference> &out) const;
  void addRelocations(std::vector<Reference> &out) const;
  void searchParts(
      llvm::ArrayRef<AddressRange> parts, std::vector<Reference> &out,
      llvm::function_ref<void(const AddressRange &, std::vector<Reference> &)>
          search) const;
  std::optional<std::string> search(const AddressRange &range, uint64_t access);

  const Image &image;
  const MachineCode machine;
  /// Where a reference may be asked for, in order, and from the first to the
  /// last of it.
  std::vector<AddressRange> asked;
  AddressRange hull;
  /// By what they lead to, once they were looked for.
  std::optional<std::vector<Reference>> references;
};

/// Whether all notes that begin in \p range are of kinds that programs find
/// through headers, and that mean the same at any address.
bool areMovableNotes(const Image &image, const AddressRange &range);

} // namespace objprelink

#endif
