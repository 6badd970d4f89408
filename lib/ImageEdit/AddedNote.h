//===- AddedNote.h - one more note ------------------------------*- C++ -*-===//
//
// A new note follows notes that the image has and shares their program header,
// because there is seldom room for one more header. The old notes move to the
// place of the new one, or they stay where they are and a copy of them is put
// there. A linker may have been given room for the new note (RewriteNote.h).
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_IMAGEEDIT_ADDEDNOTE_H
#define OBJPRELINK_IMAGEEDIT_ADDEDNOTE_H

#include "ImageEdit/ImageEdit.h"
#include "ImageEdit/References.h"

namespace objprelink {

class AddedNote {
public:
  /// Adds \p note to \p edit, for a section with that name, or puts it into
  /// \p room, which it fills.
  AddedNote(ImageEdit &edit, References &references, llvm::StringRef section,
            ByteVector note, AddressRange room);

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
  const bool hasRoom;
};

/// Finds room for all additions of \p edit, \p note among them (Room.h).
llvm::Error makeRoomFor(ImageEdit &edit, References &references,
                        AddedNote &note, bool cutPages);

} // namespace objprelink

#endif
