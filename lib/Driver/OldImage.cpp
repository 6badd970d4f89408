#include "Driver/OldImage.h"
#include "ELF/ImageReader.h"
#include "ELF/RewriteNote.h"
#include "ImageEdit/Undo.h"
#include "Support/InputFile.h"

using namespace llvm;

namespace objprelink {

Expected<std::optional<ByteVector>> oldImage(const Image &image) {
  Expected<std::optional<FoundNote>> note = findNote(image);
  if (!note)
    return note.takeError();
  if (!*note || !(*note)->has(noteoption::kPrerelocate))
    return std::nullopt;
  Expected<Extents> old = undoImage(image.bytes);
  if (!old)
    return old.takeError();
  return old->flatten();
}

static Expected<bool> askFile(StringRef path) {
  Expected<InputFile> file = InputFile::open(path);
  if (!file)
    return file.takeError();
  Expected<Image> image = readImage(file->bytes());
  if (!image)
    return image.takeError();
  Expected<std::optional<FoundNote>> note = findNote(*image);
  return note ? Expected<bool>(note->has_value()) : note.takeError();
}

bool isRewritten(StringRef path) {
  Expected<bool> is = askFile(path);
  if (is)
    return *is;
  consumeError(is.takeError());
  return false;
}

} // namespace objprelink
