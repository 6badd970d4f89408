//===- ObjectVTables.h - the vtables of a relocatable object ----*- C++ -*-===//

#ifndef OBJPRELINK_VTABLE_OBJECTVTABLES_H
#define OBJPRELINK_VTABLE_OBJECTVTABLES_H

#include "ELF/Object.h"
#include "llvm/Support/Error.h"

namespace objprelink {

/// The extent of a _ZTV or _ZTC symbol.
struct VTable {
  uint32_t symbol = 0;
  uint32_t section = 0;
  uint64_t begin = 0;
  uint64_t end = 0;
};

/// A relocation inside a vtable.
struct VTableWord {
  uint32_t vtable = 0; ///< index into ObjectVTables::tables
  uint32_t entry = 0;  ///< index into VTableRelocations::all
};

/// The relocated words of all vtables in one section, by one relocation
/// section.
struct VTableRelocations {
  uint32_t section = 0; ///< the relocation section
  std::vector<Relocation> all;
  std::vector<VTableWord> words;

  const Relocation &at(const VTableWord &word) const { return all[word.entry]; }
};

struct ObjectVTables {
  /// By section and address; where two symbols share a place, the first.
  std::vector<VTable> tables;
  std::vector<VTableRelocations> relocations;
};

/// Finds them by the extents of symbols, never by the names of sections: that
/// is what broke the objprelink of 2001 when GCC 3 renamed the sections.
llvm::Expected<ObjectVTables> findVTables(const Object &object);

} // namespace objprelink

#endif
