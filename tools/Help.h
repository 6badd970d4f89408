//===- Help.h - what --help prints ------------------------------*- C++ -*-===//
//
// In 80 columns, an option with all its spellings in one entry, and the options
// in the groups of the table.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_TOOLS_HELP_H
#define OBJPRELINK_TOOLS_HELP_H

#include "llvm/Option/OptTable.h"
#include "llvm/Support/raw_ostream.h"
#include <string>
#include <vector>

namespace objprelink {

/// Prints the options of \p table. Those of no group come last, under \p title.
void printOptions(const llvm::opt::OptTable &table, llvm::StringRef title,
                  llvm::raw_ostream &out);

/// Prints "NAME: " and the first paragraph of \p overview, \p usage, the other
/// paragraphs as they are, and the options.
void printHelp(const llvm::opt::OptTable &table, llvm::StringRef name,
               llvm::StringRef usage, llvm::StringRef overview,
               llvm::raw_ostream &out);

/// The end of a message on \p option, which \p table does not have: "; did you
/// mean --verbose?", or nothing.
std::string suggestOption(const llvm::opt::OptTable &table,
                          llvm::StringRef option);

/// The values that \p table lists for the option \p spelling; none where it
/// takes any.
std::vector<std::string> valuesOf(const llvm::opt::OptTable &table,
                                  llvm::StringRef spelling);

} // namespace objprelink

#endif
