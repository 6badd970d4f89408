//===- CommandLine.h - arguments to what is asked ---------------*- C++ -*-===//

#ifndef OBJPRELINK_TOOLS_OBJPRELINK_REPORT_COMMANDLINE_H
#define OBJPRELINK_TOOLS_OBJPRELINK_REPORT_COMMANDLINE_H

#include "Report/Gate.h"
#include "Report/Print.h"
#include "Report/Report.h"
#include "Tool.h"

namespace objprelink {

struct CommandLine {
  enum class Action { Files, Closures, Run, Process };
  enum class Format { Text, Json, Csv, Html };
  Action action = Action::Files;
  Format format = Format::Text;
  /// Report on what differs between the two arguments.
  bool compares = false;
  std::vector<std::string> files;
  /// What must not be exceeded, or the exit status says so.
  std::vector<Limit> limits;
  /// Every image that a rewrite would change has been rewritten, likewise.
  bool expectRewritten = false;
  ClosureOptions closure;
  RunOptions run;
  uint64_t pid = 0;
  TextOptions text;
  /// The table of CSV; empty is the usual one of the action.
  std::string table;
  std::string output = "-";
  unsigned jobs = 0;
};

/// Parses argv and has \p act do what it asks for. Returns the exit status.
int runCommandLine(const Tool &tool, int argc, char **argv,
                   llvm::function_ref<int(const CommandLine &)> act);

} // namespace objprelink

#endif
