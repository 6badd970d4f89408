#include "ImageEdit/AddedNote.h"
#include "ELF/Notes.h"
#include "ImageEdit/Room.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

AddedNote::AddedNote(ImageEdit &edit, References &references, StringRef section,
                     ByteVector bytes, AddressRange room)
    : edit(edit), references(references), note(std::move(bytes)),
      addition(edit.add({})), hasRoom(note.size() == room.size) {
  addition.name = section.str();
  addition.type = SHT_NOTE;
  addition.alignment = 4;
  addition.nearHeaders = true;
  addition.mayBeWithCode = true;
  if (hasRoom) {
    addition.address = room.address;
    addition.size = room.size;
    addition.isPlaced = true;
  }
}

void AddedNote::join(bool mayCopy) {
  if (hasRoom)
    return;
  const Image &image = edit.image;
  old = {};
  for (const Segment &segment : image.segments) {
    const AddressRange range = {segment.address, segment.fileSize};
    if (segment.type != PT_NOTE || segment.alignment != 4 ||
        !segment.fileSize || segment.fileSize % 4 ||
        segment.fileSize != segment.memorySize ||
        !isFullOfNotes(image, segment))
      continue;
    const bool mayMove =
        areMovableNotes(image, range) && !references.find(range);
    if (!mayMove && !mayCopy)
      continue;
    old = range;
    copiesOld = !mayMove;
  }
  addition.size = old.size + note.size();
  addition.needsHeader = old.empty();
  addition.leads = copiesOld ? AddressRange() : old;
}

void AddedNote::write() {
  if (copiesOld)
    edit.write(addition.address, edit.image.contentsAt(old.address, old.size));
  edit.write(address(), note);
  if (hasRoom)
    return;
  if (!old.empty()) {
    const uint64_t begin = copiesOld ? old.address : addition.address;
    for (Segment &segment : edit.segments)
      if (segment.type == PT_NOTE && segment.address == begin) {
        segment.address = segment.physicalAddress = addition.address;
        segment.fileSize = segment.memorySize = addition.size;
      }
    return;
  }
  Segment header;
  header.type = PT_NOTE;
  header.flags = PF_R;
  header.address = header.physicalAddress = addition.address;
  header.fileSize = header.memorySize = addition.size;
  header.alignment = 4;
  edit.segments.push_back(header);
}

void AddedNote::describe() {
  // The linker has.
  if (hasRoom)
    return;
  Addition described = addition;
  // Those that have moved have sections of their own.
  if (!copiesOld) {
    described.address += old.size;
    described.size -= old.size;
  }
  edit.describe(described);
}

Error makeRoomFor(ImageEdit &edit, References &references, AddedNote &note,
                  bool cutPages) {
  note.join(/*mayCopy=*/false);
  Error first = makeRoom(edit, references, {cutPages, /*saveHeaders=*/false});
  if (!first)
    return first;
  note.join(/*mayCopy=*/true);
  Error second = makeRoom(edit, references, {cutPages, /*saveHeaders=*/true});
  if (!second) {
    consumeError(std::move(first));
    return second;
  }
  consumeError(std::move(second));
  return make_error<NoRoom>(toString(std::move(first)));
}

} // namespace objprelink
