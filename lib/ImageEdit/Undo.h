//===- Undo.h - give back the file that was rewritten -----------*- C++ -*-===//
//
// A rewritten image carries, in a section that is not loaded, the data from
// which the old file is restored: the ranges of the image that were in the old
// file, with their places there, and the bytes that the image no longer has.
// strip and objcopy keep the section, but move the contents that the ranges
// refer to. The section therefore also has the size and the hash of the old
// file, and a result that does not fit them is not given out.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_IMAGEEDIT_UNDO_H
#define OBJPRELINK_IMAGEEDIT_UNDO_H

#include "ImageEdit/ImageEdit.h"
#include "llvm/Support/Error.h"

namespace objprelink {

/// Which change of an image a record takes back. An image may have been changed
/// in both ways; the last change is taken back first.
enum class UndoOf : uint8_t {
  Rewrite, ///< .objprelink.undo
  Notes,   ///< .objprelink.notes: notes were added
};

/// The section for the file \p old, which is made of \p ranges. Refuses where
/// it would have to hold more than a rewrite takes away.
llvm::Expected<AddedSection> makeUndoSection(Bytes old,
                                             llvm::ArrayRef<OldRange> ranges,
                                             UndoOf what = UndoOf::Rewrite);

/// The old file of the changed image \p bytes; it refers to them.
llvm::Expected<Extents> undoImage(Bytes bytes, UndoOf what = UndoOf::Rewrite);

/// Whether the file \p bytes has a record of that kind.
bool hasUndoRecord(Bytes bytes, UndoOf what);

} // namespace objprelink

#endif
