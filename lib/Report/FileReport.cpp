#include "ELF/Classify.h"
#include "Report/ImageReport.h"
#include "Report/Report.h"
#include "Support/Diagnostics.h"
#include "Support/InputFile.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace objprelink {

Expected<Document> reportBytes(Bytes bytes) {
  const Classification found = classify(bytes);
  switch (found.kind) {
  case FileKind::Object:
    return reportObject(bytes);
  case FileKind::Archive:
    return reportArchive(bytes);
  case FileKind::Image:
  case FileKind::Executable:
    return reportImage(bytes);
  case FileKind::ThinArchive:
    return error("a thin archive: its members are files elsewhere");
  case FileKind::Foreign:
    return error("{0}", found.reason);
  }
  llvm_unreachable("all kinds are listed");
}

Expected<Document> reportFile(StringRef path) {
  Expected<InputFile> input = InputFile::open(path);
  if (!input)
    return input.takeError();
  Expected<Document> document = reportBytes(input->bytes());
  if (document)
    document->name = path.str();
  return document;
}

} // namespace objprelink
