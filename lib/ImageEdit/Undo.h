//===- Undo.h - give back the file that was rewritten -----------*- C++ -*-===//
//
// A rewritten image carries the way back in a section that is not loaded: which
// ranges of it were in the old file and where, and the bytes that are in it no
// longer. strip and objcopy keep the section, but move what the ranges refer
// to: the size and the hash of the old file are there too, and what does not
// fit them is not given out.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_IMAGEEDIT_UNDO_H
#define OBJPRELINK_IMAGEEDIT_UNDO_H

#include "ImageEdit/ImageEdit.h"
#include "llvm/Support/Error.h"

namespace objprelink {

/// The section for the file \p old, which is made of \p ranges. Refuses where
/// it would have to hold more than a rewrite takes away.
llvm::Expected<AddedSection> makeUndoSection(Bytes old,
                                             llvm::ArrayRef<OldRange> ranges);

/// The old file of the rewritten image \p bytes; it refers to them.
llvm::Expected<Extents> undoImage(Bytes bytes);

} // namespace objprelink

#endif
