//===- Print.h - documents in the formats of objprelink-report --*- C++ -*-===//

#ifndef OBJPRELINK_REPORT_PRINT_H
#define OBJPRELINK_REPORT_PRINT_H

#include "Report/Document.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

namespace objprelink {

struct TextOptions {
  bool color = false;
  /// Print tables that are details, and all rows of the others.
  bool details = false;
  /// Of the terminal; 0 is as wide as need be.
  unsigned width = 0;
  /// Print nothing but the names and the summaries.
  bool summaryOnly = false;
  /// Print summaries at the end, where a terminal still shows them.
  bool summaryLast = false;
};

/// Aligned columns for people.
void printText(llvm::ArrayRef<Document> documents, const TextOptions &options,
               llvm::raw_ostream &out);

/// One JSON object (docs/report-schema.md).
void printJson(llvm::ArrayRef<Document> documents, llvm::raw_ostream &out);

/// The table \p key of all documents as comma-separated values (RFC 4180), the
/// names of the documents in the first column. An error where no document has
/// it.
llvm::Error printCsv(llvm::ArrayRef<Document> documents, llvm::StringRef key,
                     llvm::raw_ostream &out);

/// When and where a page was made; what is empty is left out.
struct Provenance {
  std::string date;
  std::string host;
};

/// One page that needs nothing else: tables, and plots as inline SVG.
void printHtml(llvm::ArrayRef<Document> documents, const Provenance &made,
               llvm::raw_ostream &out);

} // namespace objprelink

#endif
