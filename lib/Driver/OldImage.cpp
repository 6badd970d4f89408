#include "Driver/OldImage.h"
#include "ELF/ImageReader.h"
#include "ELF/RewriteNote.h"
#include "Support/Diagnostics.h"
#include "Support/InputFile.h"

using namespace llvm;

namespace objprelink {

static Expected<bool> isRewrittenImage(Bytes bytes) {
  Expected<Image> image = readImage(bytes);
  if (!image)
    return image.takeError();
  Expected<std::optional<FoundNote>> note = findNote(*image);
  return note ? Expected<bool>(note->has_value()) : note.takeError();
}

/// Whether the file \p bytes is the result of a change of that kind.
static bool hasChange(Bytes bytes, UndoOf what) {
  if (what == UndoOf::Notes)
    return hasUndoRecord(bytes, what);
  Expected<bool> is = isRewrittenImage(bytes);
  if (is)
    return *is;
  consumeError(is.takeError());
  return false;
}

Expected<Extents> undoLast(Bytes bytes, UndoOf what) {
  const bool isRewrite = what == UndoOf::Rewrite;
  const UndoOf other = isRewrite ? UndoOf::Notes : UndoOf::Rewrite;
  Expected<Extents> old = undoImage(bytes, what);
  if (!hasUndoRecord(bytes, what) || !hasChange(bytes, other))
    return old;
  // Where no byte that a record needs has moved, the first change could be
  // taken back, and the second one with it.
  const bool isLast = old ? hasChange(old->flatten(), other)
                          : !expectedToOptional(undoImage(bytes, other));
  if (isLast)
    return old;
  consumeError(old.takeError());
  return error("{0}", isRewrite
                          ? "notes were added after it was rewritten: take "
                            "them back first (objprelink-note --undo)"
                          : "it was rewritten after notes were added: take "
                            "the rewrite back first (objprelink1 --undo)");
}

Expected<std::optional<ByteVector>> oldImage(const Image &image) {
  Expected<std::optional<FoundNote>> note = findNote(image);
  if (!note)
    return note.takeError();
  if (!*note || !(*note)->has(noteoption::kPrerelocate))
    return std::nullopt;
  Expected<Extents> old = undoLast(image.bytes, UndoOf::Rewrite);
  if (!old)
    return old.takeError();
  return old->flatten();
}

bool isRewritten(StringRef path) {
  Expected<InputFile> file = InputFile::open(path);
  if (file)
    return hasChange(file->bytes(), UndoOf::Rewrite);
  consumeError(file.takeError());
  return false;
}

} // namespace objprelink
