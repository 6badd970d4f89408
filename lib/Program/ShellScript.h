//===- ShellScript.h - what a script starts in the end ----------*- C++ -*-===//
//
// A wrapper sets variables and then starts the program that is meant, with the
// arguments that it was given itself. That is what is looked for here: commands
// that are given "$@". The script is not run: what it would do depends on the
// machine, and it may do anything.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_PROGRAM_SHELLSCRIPT_H
#define OBJPRELINK_PROGRAM_SHELLSCRIPT_H

#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace objprelink {

/// A command that gets the arguments of the script.
struct PassedOn {
  /// Its first word, in which kUnknownText stands for what is not known.
  std::string program;
  /// How many conditions, loops and the like it stands in.
  unsigned depth = 0;
};

/// Stands for the value of a variable or the output of a command.
inline constexpr char kUnknownText = '\1';

/// The commands of the shell script \p text that get its arguments, in order.
std::vector<PassedOn> findPassedOn(llvm::StringRef text);

} // namespace objprelink

#endif
