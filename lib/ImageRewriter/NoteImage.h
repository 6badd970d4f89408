//===- NoteImage.h - add a note of dlopen() to an image ---------*- C++ -*-===//

#ifndef OBJPRELINK_IMAGEREWRITER_NOTEIMAGE_H
#define OBJPRELINK_IMAGEREWRITER_NOTEIMAGE_H

#include "ELF/DlopenNotes.h"
#include "ImageEdit/ImageEdit.h"
#include <memory>

namespace objprelink {

struct NotedImage {
  std::unique_ptr<Image> before;
  /// Owns what the contents refer to.
  std::unique_ptr<ImageEdit> edit;
  Extents contents;
};

/// Adds a note that has all of \p entries to the image \p bytes, which with
/// \p undoRecord gets a record by which that is undone. \p keepsOverlay is for
/// bytes behind all that the image describes. Nothing is verified here.
llvm::Expected<NotedImage> addNotes(Bytes bytes,
                                    llvm::ArrayRef<DlopenNote> entries,
                                    bool undoRecord, bool keepsOverlay);

} // namespace objprelink

#endif
