//===- CommandLine.h - arguments to what is asked ---------------*- C++ -*-===//

#ifndef OBJPRELINK_TOOLS_OBJPRELINK_REPORT_COMMANDLINE_H
#define OBJPRELINK_TOOLS_OBJPRELINK_REPORT_COMMANDLINE_H

#include "Report/Print.h"
#include "Report/Report.h"

namespace objprelink {

struct CommandLine {
  enum class Action { Files, Closures, Run, Process, Help, Version };
  enum class Format { Text, Json, Csv, Html };
  Action action = Action::Files;
  Format format = Format::Text;
  /// Report on what differs between the two files.
  bool compares = false;
  std::vector<std::string> files;
  ClosureOptions closure;
  RunOptions run;
  uint64_t pid = 0;
  TextOptions text;
  /// The table of CSV; empty is the usual one of the action.
  std::string table;
  std::string output = "-";
  unsigned jobs = 0;
};

/// Parses argv. Errors are usage errors.
llvm::Expected<CommandLine> parseCommandLine(int argc, char **argv);

void printHelp(llvm::StringRef program);

} // namespace objprelink

#endif
