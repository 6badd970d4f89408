//===- VerifyNotes.cpp - one note more ------------------------------------===//
//
// An image to which a note of dlopen() was added says nothing of that itself.
// So the notes of both images are compared here: those of the old one are all
// there, in their order, and one more that is whole. Everything else is
// compared as for a rewrite that redirects nothing.
//
//===----------------------------------------------------------------------===//

#include "ELF/DlopenNotes.h"
#include "ImageVerifier/Comparison.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace objprelink {

/// Those of \p image, each once.
static Expected<std::vector<ImageNote>> notesOf(const Image &image) {
  std::vector<ImageNote> out;
  DenseSet<uint64_t> seen;
  if (Error e = forEachNote(image, [&](const ImageNote &note) -> Error {
        if (seen.insert(note.address).second)
          out.push_back(note);
        return Error::success();
      }))
    return e;
  return out;
}

static bool isSame(const ImageNote &a, const ImageNote &b) {
  return a.type == b.type && a.owner == b.owner && a.descriptor == b.descriptor;
}

Error checkAddedNote(Comparison &c) {
  Expected<std::vector<ImageNote>> was = notesOf(c.before);
  if (!was)
    return was.takeError();
  Expected<std::vector<ImageNote>> is = notesOf(c.after);
  if (!is)
    return is.takeError();
  // One that is missing may be found by another header, which segments tell.
  std::vector<ImageNote> more = std::move(*is);
  for (const ImageNote &note : *was)
    if (const auto found = find_if(
            more, [&](const ImageNote &other) { return isSame(note, other); });
        found != more.end())
      more.erase(found);
  if (more.size() != 1)
    return error("{0} notes are new, where one is due", more.size());
  const ImageNote &note = more.front();
  if (!isDlopenNote(note))
    return error("the new note at {0:x} is none of dlopen()", note.address);
  c.addedNote = {note.address,
                 note.descriptorAt + note.descriptor.size() - note.address};
  if (!c.hasFlags(note.address, c.addedNote.size, ELF::PF_R, ELF::PF_W))
    return error("the note at {0:x} is in writable memory", note.address);
  const size_t entries = readDlopenNotes(c.after).size();
  if (note.descriptor.empty() || note.descriptor.back() != 0 ||
      entries <= readDlopenNotes(c.before).size())
    return error("the note at {0:x} is broken", note.address);
  return Error::success();
}

} // namespace objprelink
