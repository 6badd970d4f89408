//===- Entry.h - a program that has been added ------------------*- C++ -*-===//
//
// An entry is a record (NAME.json), which names every file of ours, a table,
// launchers and copies of desktop entries. The record is written first and
// removed last, so whatever ends the work in between, it tells what there is.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_PROGRAM_ENTRY_H
#define OBJPRELINK_PROGRAM_ENTRY_H

#include "Program/Places.h"
#include "llvm/ADT/ArrayRef.h"

namespace objprelink {

struct Launcher {
  /// Its file name.
  std::string name;
  /// What it starts.
  std::string path;
};

struct DesktopCopy {
  std::string source;
  std::string copy;
};

struct Entry {
  /// The file name of what was added first.
  std::string name;
  /// What the user has named, as PATH has it.
  std::vector<std::string> paths;
  /// The program whose start is prebound, and what starts it.
  std::string program;
  std::vector<std::string> via;
  std::vector<Launcher> launchers;
  std::vector<DesktopCopy> desktop;
  /// Folders that were made for entries, the uppermost first.
  std::vector<std::string> folders;
};

/// The record of \p entry.
std::string printRecord(const Entry &entry);

/// Reads a record.
llvm::Expected<Entry> readRecord(llvm::StringRef text);

/// All entries in \p places, by name. What cannot be read is an error.
llvm::Expected<std::vector<Entry>> readEntries(const Places &places);

/// The entry of \p entries that \p name means: its own name, the name or the
/// path of something that it starts. Null if there is none.
const Entry *findEntry(llvm::ArrayRef<Entry> entries, llvm::StringRef name);

/// Removes the launchers of \p entry, and its copies of desktop entries. What
/// is not ours any more, since somebody has written another file under the
/// name, stays.
llvm::Error removeCopies(const Places &places, const Entry &entry);

/// Removes all files of \p entry, and folders of ours that are empty then.
llvm::Error removeFiles(const Places &places, const Entry &entry);

/// The same, when nobody else is at work.
llvm::Error removeEntry(const Places &places, const Entry &entry);

} // namespace objprelink

#endif
