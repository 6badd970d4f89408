//===- Html.h - what the parts of the HTML printer share --------*- C++ -*-===//

#ifndef OBJPRELINK_REPORT_HTML_H
#define OBJPRELINK_REPORT_HTML_H

#include "Report/Document.h"
#include "llvm/Support/raw_ostream.h"

namespace objprelink {

/// \p text for elements and attributes. Names come from files and may be any
/// bytes, but the page is well-formed, as XML too.
std::string escapeHtml(llvm::StringRef text);

/// Draws \p table, which has a chart, as an SVG element: a bar for each of the
/// largest rows, and one for all others.
void printChart(const Table &table, llvm::raw_ostream &out);

} // namespace objprelink

#endif
