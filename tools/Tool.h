//===- Tool.h - what our programs have in common ----------------*- C++ -*-===//
//
// Each one reads its arguments by a table of tablegen's (OptionTable.inc),
// answers --help and --version, and prints errors under the name by which it is
// called. What was to be printed and could not be is a failure, and so is a
// file that grows too large: the signal that ends a program there is none here.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_TOOLS_TOOL_H
#define OBJPRELINK_TOOLS_TOOL_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Option/ArgList.h"
#include "llvm/Option/OptTable.h"
#include "llvm/Support/Error.h"

namespace objprelink {

class Tool {
public:
  /// \p failed is the exit status of what failed, as the manual states it.
  explicit Tool(const char *argv0, int failed = 1);

  const llvm::StringRef name;

  void warn(const llvm::Twine &message) const;
  /// Prints what \p e holds, each after \p context.
  void printErrors(llvm::Error e, const llvm::Twine &context = "") const;
  /// The same for arguments that are wrong. Returns the exit status.
  int usageError(llvm::Error e) const;

  /// Reads \p arguments, response files expanded, and has \p work done unless
  /// they ask for help, the version, or something that does not exist: an
  /// option, or a value that is none of those that the table lists. \p usage
  /// and
  /// \p overview are what --help says, the latter a sentence and, behind an
  /// empty line, what is printed as it is. Returns the exit status.
  int run(llvm::opt::GenericOptTable &table,
          llvm::ArrayRef<const char *> arguments, llvm::StringRef usage,
          llvm::StringRef overview,
          llvm::function_ref<int(const llvm::opt::InputArgList &)> work) const;
  /// The exit status, when standard output has taken what it was given.
  int flushed(int status) const;

private:
  const int failed;
};

} // namespace objprelink

#endif
