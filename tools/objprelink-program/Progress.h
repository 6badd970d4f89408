//===- Progress.h - what is being worked on ---------------------*- C++ -*-===//

#ifndef OBJPRELINK_TOOLS_OBJPRELINK_PROGRAM_PROGRESS_H
#define OBJPRELINK_TOOLS_OBJPRELINK_PROGRAM_PROGRESS_H

#include "CommandLine.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"

namespace objprelink {

/// A line on a terminal that says what is being worked on, as long as that
/// takes. Nothing of it is left, and elsewhere nothing of it is printed.
class Progress {
public:
  explicit Progress(const CommandLine &commandLine)
      : isShown(!commandLine.quiet &&
                llvm::sys::Process::StandardErrIsDisplayed()) {}
  ~Progress() { say(""); }
  void say(const llvm::Twine &text) const {
    if (isShown)
      llvm::errs() << "\r\033[K" << text;
  }

private:
  const bool isShown;
};

} // namespace objprelink

#endif
