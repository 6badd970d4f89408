//===- RelocationTables.h - tables of relocations ---------------*- C++ -*-===//

#ifndef OBJPRELINK_IMAGEEDIT_RELOCATIONTABLES_H
#define OBJPRELINK_IMAGEEDIT_RELOCATIONTABLES_H

#include "ImageEdit/ImageEdit.h"
#include "ImageEdit/ImageRelocations.h"
#include "ImageEdit/References.h"

namespace objprelink {

/// The types of relocations that have an address of the image for an addend.
struct RelativeTypes {
  uint32_t relative = 0;
  uint32_t indirect = 0;
};

class RelocationTables {
public:
  /// The tables of \p relocations. With \p leavesShadows a table of another
  /// size leaves one (OldSections.h).
  RelocationTables(ImageEdit &edit, const ImageRelocations &relocations,
                   const RelativeTypes &types, bool leavesShadows)
      : edit(edit), image(edit.image), relocations(relocations), types(types),
        leavesShadows(leavesShadows) {}

  /// Adds what the tables need to \p edit, and frees what they leave.
  llvm::Error measure();
  /// Writes the tables and the words, and has section headers of DT_RELA and
  /// DT_JMPREL follow. All that was added has its place.
  void write();
  /// Sets the entries of the dynamic table for each.
  void setMainTags();
  void setPltTags();
  void setRelrTags();
  /// Leaves word of how many relocations the image's own PLT has for those who
  /// count its entries, if there is room.
  void setCountedSize();
  void describeRelr();
  void addShadow();
  /// The private table, when it has its place.
  AddressRange privateTable() const { return {relr->address, relr->size}; }

private:
  Relocation resolve(const NewRelocation &relocation) const;
  uint64_t mainSize() const;
  uint64_t pltSize() const;
  uint64_t shadowSize() const;
  bool movesPlt() const;
  void measureMain();
  llvm::Error measureRelr();
  std::vector<Relocation> mainInOrder();
  void writeMain();
  ByteVector encodePlt() const;
  void writePlt();
  Addition table(llvm::StringRef name64, llvm::StringRef name32,
                 uint64_t size) const;

  ImageEdit &edit;
  const Image &image;
  const ImageRelocations &relocations;
  const RelativeTypes types;
  const bool leavesShadows;
  Addition *main = nullptr;
  Addition *plt = nullptr;
  Addition *relr = nullptr;
  /// Where the shadow of the main table has room of its own.
  Addition *shadow = nullptr;
  ByteVector relrTable;
  uint64_t relativeCount = 0;
};

/// Refuses an image in which somebody may know a relocation table by another
/// way than the dynamic table: it will not be what it was.
llvm::Error checkTableReferences(const Image &image, References &references);

} // namespace objprelink

#endif
