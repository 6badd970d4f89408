//===- OldImage.h - the image that another one was made of ------*- C++ -*-===//

#ifndef OBJPRELINK_DRIVER_OLDIMAGE_H
#define OBJPRELINK_DRIVER_OLDIMAGE_H

#include "ELF/Image.h"
#include "ImageEdit/Undo.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace objprelink {

/// The file of which the change \p what has made \p bytes. Where that was not
/// the last change, the error says which one has to be taken back before.
llvm::Expected<Extents> undoLast(Bytes bytes, UndoOf what);

/// The file that \p image was made of, if a rewrite has given it its address;
/// nothing where none has. An error where it cannot be had back.
llvm::Expected<std::optional<ByteVector>> oldImage(const Image &image);

/// Whether the file \p path is an image that a rewrite has made.
bool isRewritten(llvm::StringRef path);

} // namespace objprelink

#endif
