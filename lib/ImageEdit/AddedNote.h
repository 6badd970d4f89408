//===- AddedNote.h - one more note ------------------------------*- C++ -*-===//
//
// A note goes behind notes that the image has, in their program header: there
// is seldom room for one more. The old notes go where it goes, or they stay
// where they are and a copy goes there.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_IMAGEEDIT_ADDEDNOTE_H
#define OBJPRELINK_IMAGEEDIT_ADDEDNOTE_H

#include "ImageEdit/ImageEdit.h"
#include "ImageEdit/References.h"

namespace objprelink {

class AddedNote {
public:
  /// Adds \p note to \p edit, for a section with that name.
  AddedNote(ImageEdit &edit, References &references, llvm::StringRef section,
            ByteVector note);

  /// Joins notes of the image: those that may move, or with \p mayCopy any.
  /// Before there is room.
  void join(bool mayCopy);
  /// Writes it and its program header, when everything has its place.
  void write();
  /// Adds its section.
  void describe();
  uint64_t address() const { return addition.address + old.size; }
  Bytes bytes() const { return note; }

private:
  ImageEdit &edit;
  References &references;
  const ByteVector note;
  Addition &addition;
  AddressRange old;
  bool copiesOld = false;
};

} // namespace objprelink

#endif
