//===- ReadJson.h - reports that were written before ------------*- C++ -*-===//

#ifndef OBJPRELINK_REPORT_READJSON_H
#define OBJPRELINK_REPORT_READJSON_H

#include "Report/Document.h"
#include "llvm/Support/Error.h"

namespace objprelink {

/// The unit that JSON names so.
std::optional<Unit> unitOf(llvm::StringRef name);

/// Whether \p text looks like JSON, which no file does that is reported on.
bool looksLikeJson(llvm::StringRef text);

/// The reports in \p text, which printJson() has written.
llvm::Expected<std::vector<Document>> readReports(llvm::StringRef text);

} // namespace objprelink

#endif
