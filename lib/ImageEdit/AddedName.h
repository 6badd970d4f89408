//===- AddedName.h - one more string in DT_STRTAB ---------------*- C++ -*-===//
//
// A new name is put behind the strings of the image if the contents there may
// move: linkers put DT_VERSYM there. Otherwise the strings are copied. The old
// bytes stay, except where the name is put.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_IMAGEEDIT_ADDEDNAME_H
#define OBJPRELINK_IMAGEEDIT_ADDEDNAME_H

#include "ImageEdit/ImageEdit.h"
#include "ImageEdit/References.h"

namespace objprelink {

class AddedName {
public:
  /// Adds to \p edit what \p name needs.
  AddedName(ImageEdit &edit, References &references, llvm::StringRef name);

  /// Where the name will be in DT_STRTAB of \p image.
  static uint64_t offsetIn(const Image &image) {
    return image.stringTable.size;
  }
  /// Writes it, when everything has its place.
  void write();

private:
  ImageEdit &edit;
  const std::string name;
  /// The copy, where there is one.
  const Addition *strings = nullptr;
};

} // namespace objprelink

#endif
