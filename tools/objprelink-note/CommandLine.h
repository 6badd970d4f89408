//===- CommandLine.h - the arguments of objprelink-note ---------*- C++ -*-===//

#ifndef OBJPRELINK_TOOLS_OBJPRELINK_NOTE_COMMANDLINE_H
#define OBJPRELINK_TOOLS_OBJPRELINK_NOTE_COMMANDLINE_H

#include "Driver/NoteFile.h"
#include "Tool.h"

namespace objprelink {

struct CommandLine {
  enum class Action { Print, Add, Undo, Verify };
  Action action = Action::Print;
  std::vector<std::string> files;
  NoteWish wish;
  FileConfig config;
  bool quiet = false;
  bool json = false;
};

/// Parses argv and has \p act do what it asks for. Returns the exit status.
int runCommandLine(const Tool &tool, int argc, char **argv,
                   llvm::function_ref<int(const CommandLine &)> act);

} // namespace objprelink

#endif
