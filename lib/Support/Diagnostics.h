//===- Diagnostics.h - the messages of one input ----------------*- C++ -*-===//
//
// Inputs are worked on in parallel but speak in the order of the command line,
// so each one collects its messages here and the tool prints them when its
// turn comes. Errors do not pass through this class: they travel as
// llvm::Error and gain the name of the file at the edge.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_SUPPORT_DIAGNOSTICS_H
#define OBJPRELINK_SUPPORT_DIAGNOSTICS_H

#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/FormatVariadic.h"
#include <string>
#include <vector>

namespace objprelink {

class Diagnostics {
public:
  /// A line for standard output, as it is.
  void note(const llvm::Twine &line) { notes.push_back(line.str()); }
  /// What the work costs in security: a line for standard output, which begins
  /// with that word; the file's name comes before \p loss.
  void lose(const llvm::Twine &loss) { losses.push_back(loss.str()); }
  /// Something the user should know though the work was done; the file's name
  /// is part of \p message.
  void warn(const llvm::Twine &message) { warnings.push_back(message.str()); }
  /// Appends all of \p other's messages, each with \p context before it.
  void append(const Diagnostics &other, llvm::StringRef context);

  std::vector<std::string> notes;
  std::vector<std::string> losses;
  std::vector<std::string> warnings;
};

/// An error in LLVM's manner: lower case, no full stop.
template <typename... Ts>
llvm::Error error(const char *format, Ts &&...values) {
  return llvm::createStringError(
      llvm::formatv(format, std::forward<Ts>(values)...).str());
}

/// \p message with what a terminal would obey made visible: names come from
/// files, and these from anywhere.
std::string visible(llvm::StringRef message);

/// Puts "CONTEXT: " before each message that \p e holds.
llvm::Error inContext(llvm::StringRef context, llvm::Error e);

} // namespace objprelink

#endif
