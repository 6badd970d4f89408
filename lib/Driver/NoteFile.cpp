#include "Driver/NoteFile.h"
#include "Driver/Delivery.h"
#include "Driver/OldImage.h"
#include "Driver/OutsideChecks.h"
#include "Driver/RewriteFile.h"
#include "ELF/Classify.h"
#include "ELF/ImageReader.h"
#include "ELF/RewriteNote.h"
#include "ImageRewriter/NoteImage.h"
#include "ImageVerifier/VerifyImage.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace objprelink {

/// The entries of \p all that are not in \p some.
static std::vector<DlopenNote> without(ArrayRef<DlopenNote> all,
                                       std::vector<DlopenNote> some) {
  std::vector<DlopenNote> out;
  for (const DlopenNote &note : all)
    if (const auto found = find(some, note); found != some.end())
      some.erase(found);
    else
      out.push_back(note);
  return out;
}

/// The file of which notes have made \p bytes; nothing where none were added.
static Expected<std::optional<ByteVector>> beforeNotes(Bytes bytes) {
  if (!hasUndoRecord(bytes, UndoOf::Notes))
    return std::nullopt;
  Expected<Extents> old = undoLast(bytes, UndoOf::Notes);
  if (!old)
    return old.takeError();
  return old->flatten();
}

Expected<NotesOfFile> readNotesOf(StringRef path) {
  Expected<InputFile> input = InputFile::open(path);
  if (!input)
    return input.takeError();
  Expected<Image> image = readLoadable(input->bytes());
  if (!image)
    return image.takeError();
  NotesOfFile out;
  out.notes = readDlopenNotes(*image);
  Expected<std::optional<ByteVector>> old = beforeNotes(input->bytes());
  Expected<Image> before =
      !old || !*old ? readLoadable(input->bytes()) : readLoadable(**old);
  if (!old)
    consumeError(old.takeError());
  if (!before)
    return before.takeError();
  const std::vector<DlopenNote> notes = readDlopenNotes(*before);
  out.added = out.notes.size() - std::min(out.notes.size(), notes.size());
  return out;
}

static Error checkKind(const InputFile &input) {
  const Classification found = classify(input.bytes());
  switch (found.kind) {
  case FileKind::Image:
    return Error::success();
  case FileKind::Executable:
    return error("an executable at fixed addresses: notes are added to shared "
                 "libraries and PIEs");
  case FileKind::Foreign:
    return error("{0}", found.reason);
  default:
    return error("no shared library or PIE, to which notes are added");
  }
}

/// A rewrite may leave tables that no section header describes as it was.
static Error withHint(const Image &image, Error e) {
  Expected<std::optional<FoundNote>> note = findNote(image);
  if (!note)
    return joinErrors(std::move(e), note.takeError());
  return *note ? inContext("it was rewritten before (add notes first)",
                           std::move(e))
               : std::move(e);
}

Error addNotesTo(StringRef path, const NoteWish &wish, const FileConfig &config,
                 Diagnostics &diagnostics, bool quiet) {
  Expected<InputFile> input = InputFile::open(path);
  if (!input)
    return input.takeError();
  if (Error e = checkKind(*input))
    return e;
  Delivery delivery(*input, config, diagnostics);
  if (Error e = delivery.checkTarget())
    return e;
  const Bytes bytes = input->bytes();
  Expected<Image> now = readImage(bytes);
  if (!now)
    return now.takeError();
  Expected<std::optional<ByteVector>> old = beforeNotes(bytes);
  if (!old)
    return inContext("notes were added before", old.takeError());
  const Bytes base = *old ? Bytes(**old) : bytes;
  Expected<Image> before = readImage(base);
  if (!before)
    return before.takeError();

  const std::vector<DlopenNote> said = readDlopenNotes(*now);
  std::vector<DlopenNote> entries = without(said, readDlopenNotes(*before));
  size_t count = 0;
  for (const DlopenNote &note : wish.notes)
    if (!is_contained(said, note) && !is_contained(entries, note)) {
      entries.push_back(note);
      ++count;
    }
  if (!count) {
    if (!quiet)
      diagnostics.note(": left alone: its notes say that already");
    return delivery.deliverCopy();
  }
  Expected<NotedImage> noted =
      addNotes(base, entries, wish.undoRecord, wish.keepOverlay);
  if (!noted)
    return withHint(*before, noted.takeError());
  if (Error e = checkOutsideChecks(*input, *noted->before, config.output))
    return e;
  const uint64_t size = noted->contents.size();
  if (Error e = delivery.deliver(
          std::move(noted->contents), [&](Bytes written, const Copies &copies) {
            return verifyNotes(*noted->before, written, copies);
          }))
    return e;
  if (!quiet)
    diagnostics.note(
        formatv(": {0} added; {1:N} -> {2:N} bytes",
                count == 1 ? "an entry" : utostr(count) + " entries",
                bytes.size(), size));
  return Error::success();
}

Error verifyNotesOf(StringRef before, StringRef after) {
  return verifyPair(before, after, checkKind, verifyNoteFiles);
}

} // namespace objprelink
