//===- LinkRecord.h - what became of one link -------------------*- C++ -*-===//

#ifndef OBJPRELINK_LINKER_LINKRECORD_H
#define OBJPRELINK_LINKER_LINKRECORD_H

#include "ImageRewriter/ImagePlan.h"
#include "Linker/Link.h"
#include <string>

namespace objprelink {

enum class LinkOutcome : uint8_t {
  NoOutput,    ///< LLD has not written anything: --version, or an error
  Off,         ///< plain LLD was asked for
  NotAnImage,  ///< an object, an executable at fixed addresses, a machine ...
  NothingToDo, ///< no slot would save a look-up
  Refused,     ///< it cannot be rewritten safely, and LLD's output was kept
  Rewritten,
};

struct LinkRecord {
  LinkOutcome outcome = LinkOutcome::NoOutput;
  std::string output;
  /// Why it was not rewritten.
  std::string reason;
  ImageSummary summary;
  uint64_t bytesBefore = 0;
  uint64_t bytesAfter = 0;
};

/// One line of JSON (docs/abi.md, "The report of a link").
std::string encodeRecord(const LinkRecord &record, LinkMode asked);

/// Write the report and the line of the log that \p options ask for, if LLD has
/// written anything.
llvm::Error writeReport(const LinkRecord &record, const LinkOptions &options);
llvm::Error appendToLog(const LinkRecord &record, const LinkOptions &options);

} // namespace objprelink

#endif
