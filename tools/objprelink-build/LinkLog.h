//===- LinkLog.h - what the links of a run came to --------------*- C++ -*-===//

#ifndef OBJPRELINK_TOOLS_OBJPRELINK_BUILD_LINKLOG_H
#define OBJPRELINK_TOOLS_OBJPRELINK_BUILD_LINKLOG_H

#include "llvm/ADT/MapVector.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"
#include <string>
#include <vector>

namespace objprelink {

/// One line of the log: what ld.objprelink's --objprelink-report says.
struct Link {
  std::string output;
  std::string outcome;
  std::string mode;
  std::string reason;
  uint64_t slots = 0;
  uint64_t functions = 0;
  bool caught = false;  ///< By the preloaded library.
  bool isCheck = false; ///< A question to the compiler, and no part of a build.
};

class LinkLog {
public:
  /// Adds the links of \p path from \p start on; there may be no such file.
  llvm::Error read(llvm::StringRef path, uint64_t start, bool caught);

  /// The lines as they were read, \p caughtOnly or all.
  std::string text(bool caughtOnly) const;

  void printLinks(llvm::raw_ostream &out, llvm::StringRef program) const;
  void printRefused(llvm::raw_ostream &out, llvm::StringRef program) const;
  void printSummary(llvm::raw_ostream &out, llvm::StringRef program,
                    bool preload) const;

private:
  std::vector<Link> links;
  std::string foundText, caughtText;
  uint64_t damaged = 0; ///< Lines that are no links.
};

} // namespace objprelink

#endif
