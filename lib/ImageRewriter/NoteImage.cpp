//===- NoteImage.cpp - add a note of dlopen() to an image -----------------===//
//
// The note goes where the note of a rewrite would go: behind the notes that the
// image has, under their program header, in room that the image has. The
// result is no rewrite. It has no note of ours, since the note is what others
// read, and a rewrite may follow. It may have been rewritten, too: the records
// for the way back are two, and the last change is taken back first.
//
//===----------------------------------------------------------------------===//

#include "ImageRewriter/NoteImage.h"
#include "ELF/ImageReader.h"
#include "ImageEdit/AddedNote.h"
#include "ImageEdit/OldSections.h"
#include "ImageEdit/Undo.h"
#include "ImageRewriter/Reasons.h"
#include "ImageRewriter/TargetMachine.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace objprelink {

static bool hasSection(const Image &image, StringRef name) {
  return any_of(image.sections, [&](const Section &section) {
    return image.name(section) == name;
  });
}

/// A rewrite makes the table and its count anew. Here they stay, so they have
/// to be right: ld.so does not look at the types of as many
/// (elf_dynamic_do_Rel).
static Error checkRelativeCount(const Image &image, const Target &target) {
  uint64_t run = 0;
  while (run < image.relocations.size() &&
         image.relocations[run].type == target.relative)
    ++run;
  for (int64_t tag : {ELF::DT_RELACOUNT, ELF::DT_RELCOUNT})
    if (const uint64_t count = image.dynamicValue(tag).value_or(0); count > run)
      return error("{0} is {1}, but the table begins with {2} RELATIVE ones",
                   dynamicTagName(tag), count, run);
  return Error::success();
}

static Error write(ImageEdit &edit, const MachineCode &machine, ByteVector note,
                   bool undoRecord) {
  const Image &image = edit.image;
  References references(image, machine);
  AddedNote added(edit, references, ".note.dlopen", std::move(note),
                  /*room=*/{});
  if (Error e = makeRoomFor(edit, references, added, /*cutPages=*/false))
    return e;
  added.write();
  added.describe();
  if (Error e = edit.layout())
    return e;
  if (image.sections.empty())
    return edit.finish();
  // The list that is there tells where the first image's sections were.
  if (!hasSection(image, kOldSections))
    addOldSections(edit);
  if (!undoRecord)
    return edit.finish();
  Expected<AddedSection> undo =
      makeUndoSection(image.bytes, edit.oldRanges(), UndoOf::Notes);
  if (!undo)
    return undo.takeError();
  edit.addedSections.push_back(std::move(*undo));
  return edit.finish();
}

Expected<NotedImage> addNotes(Bytes bytes, ArrayRef<DlopenNote> entries,
                              bool undoRecord, bool keepsOverlay) {
  Expected<ByteVector> note = encodeDlopenNote(entries);
  if (!note)
    return note.takeError();
  Expected<Image> read = readImage(bytes);
  if (!read)
    return read.takeError();
  NotedImage out;
  out.before = std::make_unique<Image>(std::move(*read));
  const Image &image = *out.before;
  Expected<const Target &> target = supportedTarget(image.machine, image.is64);
  if (!target)
    return target.takeError();
  const MachineCode machine = machineCodeOf(*target);
  ImageConfig config;
  config.keepOverlay = keepsOverlay;
  if (Error e = checkRewritable(image, machine, config))
    return e;
  if (Error e = checkRelativeCount(image, *target))
    return e;
  out.edit = std::make_unique<ImageEdit>(image);
  if (const std::optional<uint64_t> overlay = findOverlay(image))
    out.edit->keepOverlay(*overlay);
  if (Error e = write(*out.edit, machine, std::move(*note), undoRecord))
    return e;
  out.contents = out.edit->extents();
  return out;
}

} // namespace objprelink
