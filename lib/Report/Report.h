//===- Report.h - what objprelink-report reports on -------------*- C++ -*-===//

#ifndef OBJPRELINK_REPORT_REPORT_H
#define OBJPRELINK_REPORT_REPORT_H

#include "Report/Document.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

namespace objprelink {

/// Reports on the object, archive or image \p path. Changes nothing and runs
/// nothing; any bytes may be given.
llvm::Expected<Document> reportFile(llvm::StringRef path);

/// Reports on the contents of such a file; they have no name.
llvm::Expected<Document> reportBytes(llvm::ArrayRef<uint8_t> bytes);

struct ClosureOptions {
  /// The folder that stands for /; empty is / itself.
  std::string sysroot;
  /// As LD_LIBRARY_PATH and LD_PRELOAD have them.
  std::string libraryPath;
  std::string preload;
  /// Libraries that the program opens later.
  std::vector<std::string> plugins;
  /// Whether libraries named in .note.dlopen count as plugins.
  bool dlopenNotes = true;
  /// As if LD_BIND_NOW were set.
  bool bindNow = false;
  /// Report each look-up in a table of its own.
  bool lookUps = false;
};

/// Reports on what ld.so would load for the program or library \p path. No code
/// of it is run.
llvm::Expected<Document> reportClosure(llvm::StringRef path,
                                       const ClosureOptions &options);

struct RunOptions {
  std::vector<std::string> command;
  /// A folder that the other runs have first in LD_LIBRARY_PATH; empty is none.
  std::string against;
  /// The other runs are started by objprelink-start, whose path this is; empty
  /// is no such runs.
  std::string launcher;
  unsigned runs = 20;
  /// Show progress on standard error.
  bool progress = false;
};

/// Runs a program and measures its start.
llvm::Expected<Document> reportRun(const RunOptions &options);

/// Reports on the memory of the running process \p pid.
llvm::Expected<Document> reportProcess(uint64_t pid);

/// An older report and a newer one on the same thing; before is null where
/// there is none.
struct ReportPair {
  const Document *before;
  const Document *after;
};

/// Pairs reports by their names, whole or without folders; two single ones
/// belong together whatever their names are. \p unpaired is told what is left.
std::vector<ReportPair> pairReports(llvm::ArrayRef<Document> before,
                                    llvm::ArrayRef<Document> after,
                                    std::vector<std::string> &unpaired);

/// What differs between two documents of one kind: facts and rows of tables,
/// each with both values.
llvm::Expected<Document> compareDocuments(const Document &before,
                                          const Document &after);

} // namespace objprelink

#endif
