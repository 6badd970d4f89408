//===- EntryPlan.h - what an entry is to be ---------------------*- C++ -*-===//
//
// The files of an entry, but for its table, are made of what is installed now.
// So the plan of an entry that there is already also tells what has changed
// since.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_PROGRAM_ENTRYPLAN_H
#define OBJPRELINK_PROGRAM_ENTRYPLAN_H

#include "Program/Entry.h"
#include "Program/ProgramSearch.h"

namespace objprelink {

struct PlannedFile {
  std::string path;
  std::string text;
  unsigned mode = 0644;
};

struct EntryPlan {
  Entry entry;
  /// In the order in which they are written; the record is the first.
  std::vector<PlannedFile> files;
  /// What is not done, and why.
  std::vector<std::string> notes;
};

/// Plans the entry of the program that \p name starts, beside \p entries: a new
/// one, or the one that it has, with one path more perhaps. Paths of an entry
/// that start something else by now are left out of it.
llvm::Expected<EntryPlan> planEntry(const Places &places,
                                    llvm::ArrayRef<Entry> entries,
                                    llvm::StringRef name);

/// What a start, or the record, would find wrong about the entry of \p plan;
/// empty if nothing is to be made anew.
std::vector<std::string> findProblems(const Places &places,
                                      const EntryPlan &plan);

} // namespace objprelink

#endif
