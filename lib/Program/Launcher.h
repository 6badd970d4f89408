//===- Launcher.h - a script that starts a program --------------*- C++ -*-===//
//
// A script, and not the command in the desktop entry, so that the program still
// starts if objprelink is gone. The shell costs about a millisecond.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_PROGRAM_LAUNCHER_H
#define OBJPRELINK_PROGRAM_LAUNCHER_H

#include "Program/Entry.h"

namespace objprelink {

/// The launcher of \p entry for \p path.
std::string printLauncher(const Places &places, const Entry &entry,
                          llvm::StringRef path);

/// Whether \p text is a launcher of ours.
bool isLauncher(llvm::StringRef text);

/// The command that starts \p path, which is a path of \p entry, by the table.
std::vector<std::string> startCommand(const Places &places, const Entry &entry,
                                      llvm::StringRef path);

} // namespace objprelink

#endif
