//===- BuildId.h - the build-id of a linked image ---------------*- C++ -*-===//
//
// A finished library keeps its build-id when it is rewritten, for the sake of
// debug symbols that were packaged before. The output of a link that is still
// running has no such past: nobody knows the plain link by its id. Its build-id
// therefore has to stand for the bytes that are written, and the note needs no
// hash (ELF/RewriteNote.h). --verify takes a plain link (OBJPRELINK=0) and the
// rewritten one, and proves that they differ by the plan alone.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_IMAGEEDIT_BUILDID_H
#define OBJPRELINK_IMAGEEDIT_BUILDID_H

#include "ImageEdit/ImageEdit.h"

namespace objprelink {

/// Makes the build-id of \p edit, if the image has one, which is a hash of the
/// old file, one of the new file: of the old id, of what the new file takes
/// from the old one, and of all other bytes. After finish().
void renewBuildId(ImageEdit &edit);

} // namespace objprelink

#endif
