//===- LinkRecord.h - what became of one link -------------------*- C++ -*-===//

#ifndef OBJPRELINK_LINKER_LINKRECORD_H
#define OBJPRELINK_LINKER_LINKRECORD_H

#include "ImageRewriter/ImagePlan.h"
#include "Linker/Link.h"
#include <string>

namespace objprelink {

enum class LinkOutcome : uint8_t {
  NoOutput,    ///< nothing was written: --version, or an error
  Off,         ///< the plain link was asked for
  NotAnImage,  ///< an object, an executable at fixed addresses, a machine ...
  NothingToDo, ///< no slot would save a look-up
  Refused, ///< it cannot be rewritten safely, and the linker's output was kept
  Rewritten,
};

struct LinkRecord {
  LinkOutcome outcome = LinkOutcome::NoOutput;
  std::string output;
  /// Why it was not rewritten.
  std::string reason;
  ImageSummary summary;
  std::optional<uint64_t> bytesBefore;
  uint64_t bytesAfter = 0;
};

/// Whether a record is one line among those of other links, or a file of its
/// own. Such a file does not say in which folder the link ran.
enum class RecordKind : uint8_t { Report, Log };

/// One line of JSON (docs/abi.md, "The report of a link").
std::string encodeRecord(const LinkRecord &record, const LinkOptions &options,
                         RecordKind kind);

/// Writes the report and the line of the log that \p options ask for, if there
/// is an output. Returns false, with a message that begins with \p program,
/// where the report cannot be written.
bool reportLink(llvm::StringRef program, const LinkRecord &record,
                const LinkOptions &options);

/// Prints each error of \p e in the manner of LLD.
void printErrors(llvm::StringRef program, llvm::Error e);

} // namespace objprelink

#endif
