//===- ImageReport.h - the report on one image ------------------*- C++ -*-===//

#ifndef OBJPRELINK_REPORT_IMAGEREPORT_H
#define OBJPRELINK_REPORT_IMAGEREPORT_H

#include "ELF/Image.h"
#include "Report/Document.h"
#include "Support/Extents.h"
#include "llvm/Support/Error.h"

namespace objprelink {

/// Reports on the shared library or program in \p bytes.
llvm::Expected<Document> reportImage(Bytes bytes);

/// What is wrong with \p image and no loader minds.
std::vector<std::string> oddities(const Image &image);

/// Reports on the relocatable object in \p bytes.
llvm::Expected<Document> reportObject(Bytes bytes);

/// Reports on the archive in \p bytes: sums over the objects in it, and each of
/// them in a row of a table.
llvm::Expected<Document> reportArchive(Bytes bytes);

} // namespace objprelink

#endif
