//===- ProgramSearch.h - from a name to what starts -------------*- C++ -*-===//
//
// What a name leads to may be a link, a script that starts a program, or a
// program that starts another. Only the last one of these is worth a table, and
// the launcher has to know what runs on the way to it.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_PROGRAM_PROGRAMSEARCH_H
#define OBJPRELINK_PROGRAM_PROGRAMSEARCH_H

#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace objprelink {

struct FoundProgram {
  /// What is started, as PATH has it: links are not resolved.
  std::string path;
  /// The program whose start is prebound, without symbolic links.
  std::string program;
  /// The programs that run on the way to it, without symbolic links: those that
  /// run scripts, and those that start another.
  std::vector<std::string> via;
};

/// Finds what \p name, looked for in PATH if it has no slash, starts in the
/// end. With a root it is looked for, and found, in there. An error says why it
/// cannot have a table.
llvm::Expected<FoundProgram> findStarted(llvm::StringRef name,
                                         llvm::StringRef root);

} // namespace objprelink

#endif
