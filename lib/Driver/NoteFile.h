//===- NoteFile.h - what objprelink-note does with one FILE -----*- C++ -*-===//

#ifndef OBJPRELINK_DRIVER_NOTEFILE_H
#define OBJPRELINK_DRIVER_NOTEFILE_H

#include "ELF/DlopenNotes.h"
#include "Support/Config.h"

namespace objprelink {

class Diagnostics;

/// The notes of a file, and how many of them, the last ones, were added to it.
struct NotesOfFile {
  std::vector<DlopenNote> notes;
  size_t added = 0;
};
llvm::Expected<NotesOfFile> readNotesOf(llvm::StringRef path);

struct NoteWish {
  std::vector<DlopenNote> notes;
  bool undoRecord = true;
  bool keepOverlay = false;
};

/// Adds to the image \p path, in place or to config.output, what \p wish has
/// and its notes do not say. Notes that were added before are joined with the
/// new ones, so that one undoing takes back all. On an error every file is as
/// it was. Messages go without the file's name before them.
llvm::Error addNotesTo(llvm::StringRef path, const NoteWish &wish,
                       const FileConfig &config, Diagnostics &diagnostics,
                       bool quiet);

/// Proves that the image \p after is \p before and a note more.
llvm::Error verifyNotesOf(llvm::StringRef before, llvm::StringRef after);

} // namespace objprelink

#endif
