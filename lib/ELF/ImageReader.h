#ifndef OBJPRELINK_ELF_IMAGEREADER_H
#define OBJPRELINK_ELF_IMAGEREADER_H

#include "ELF/Image.h"
#include "llvm/Support/Error.h"

namespace objprelink {

/// Reads and validates an ET_DYN file. \p bytes must outlive the image; any
/// bytes may be given.
llvm::Expected<Image> readImage(Bytes bytes);

/// The same, for what a linker has just made, perhaps with packed tables of
/// Android's: they are read to say what there would be to do.
llvm::Expected<Image> readLinkedImage(Bytes bytes);

/// The same, for those who only look: reads programs of type ET_EXEC, too.
llvm::Expected<Image> readLoadable(Bytes bytes);

} // namespace objprelink

#endif
