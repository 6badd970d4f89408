#include "Linker/LinkRecord.h"
#include "Support/Diagnostics.h"
#include "Support/OutputFile.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"
#include <fcntl.h>
#include <unistd.h>

using namespace llvm;

namespace objprelink {

StringRef nameOf(LinkMode mode) {
  switch (mode) {
  case LinkMode::Auto:
    return "auto";
  case LinkMode::Lazy:
    return "lazy";
  case LinkMode::Relay:
    return "relay";
  case LinkMode::Off:
    return "off";
  }
  llvm_unreachable("all modes are listed");
}

static StringRef nameOf(LinkOutcome outcome) {
  switch (outcome) {
  case LinkOutcome::NoOutput:
    return "no output";
  case LinkOutcome::Off:
    return "off";
  case LinkOutcome::NotAnImage:
    return "not an image";
  case LinkOutcome::NothingToDo:
    return "nothing to do";
  case LinkOutcome::Refused:
    return "refused";
  case LinkOutcome::Rewritten:
    return "rewritten";
  }
  llvm_unreachable("all outcomes are listed");
}

std::string encodeRecord(const LinkRecord &record, const LinkOptions &options,
                         RecordKind kind) {
  std::string text;
  raw_string_ostream stream(text);
  json::OStream json(stream);
  const auto string = [&](StringRef key, StringRef value) {
    json.attribute(key,
                   json::isUTF8(value) ? value.str() : json::fixUTF8(value));
  };
  json.object([&] {
    json.attribute("schema", "objprelink-link/1");
    string("linker", "objprelink " OBJPRELINK_VERSION " (" +
                         (options.linker.empty() ? "LLD " LLVM_VERSION_STRING
                                                 : options.linker) +
                         ")");
    string("output", record.output);
    string("asked", nameOf(options.mode));
    string("outcome", nameOf(record.outcome));
    if (!record.reason.empty())
      string("reason", record.reason);
    const ImageSummary &summary = record.summary;
    if (summary.vtables) {
      json.attribute("vtables", summary.vtables);
      json.attribute("slots", summary.slots);
    }
    if (record.outcome == LinkOutcome::Rewritten) {
      json.attribute("mode", summary.mode == Mode::Lazy ? "lazy" : "relay");
      json.attribute("redirected", summary.redirected);
      json.attribute("functions", summary.functions);
      json.attribute("lazyWords", summary.lazyWords);
      if (record.bytesBefore)
        json.attribute("bytesBefore", *record.bytesBefore);
      json.attribute("bytesAfter", record.bytesAfter);
    }
    SmallString<256> folder;
    if (kind == RecordKind::Log && !sys::fs::current_path(folder))
      string("directory", folder);
  });
  json.flush();
  text += '\n';
  return text;
}

/// One write(2) of a file opened for appending: lines of links that run at the
/// same time do not mix.
static Error append(StringRef path, StringRef line) {
  const int fd =
      sys::RetryAfterSignal(-1, ::open, path.str().c_str(),
                            O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (fd < 0)
    return errorCodeToError(errnoAsErrorCode());
  const ssize_t written =
      sys::RetryAfterSignal(-1, ::write, fd, line.data(), line.size());
  const std::error_code ec = errnoAsErrorCode();
  ::close(fd);
  if (written < 0)
    return errorCodeToError(ec);
  return size_t(written) == line.size() ? Error::success()
                                        : error("the line was cut short");
}

static Error writeReport(const LinkRecord &record, const LinkOptions &options) {
  if (options.report.empty() || record.outcome == LinkOutcome::NoOutput)
    return Error::success();
  const std::string text = encodeRecord(record, options, RecordKind::Report);
  return inContext(options.report,
                   writeFile(options.report, arrayRefFromStringRef(text)));
}

static Error appendToLog(const LinkRecord &record, const LinkOptions &options) {
  if (options.log.empty() || record.outcome == LinkOutcome::NoOutput)
    return Error::success();
  return inContext(
      options.log,
      append(options.log, encodeRecord(record, options, RecordKind::Log)));
}

void printErrors(StringRef program, Error e) {
  handleAllErrors(std::move(e), [&](const ErrorInfoBase &info) {
    errs() << program << ": error: " << info.message() << "\n";
  });
}

bool reportLink(StringRef program, const LinkRecord &record,
                const LinkOptions &options) {
  Error failed = writeReport(record, options);
  const bool ok = !failed;
  printErrors(program, std::move(failed));
  // Whoever has set OBJPRELINK_LOG may be gone, and the build with it.
  if (Error e = appendToLog(record, options))
    errs() << program << ": remark: " << toString(std::move(e)) << "\n";
  return ok;
}

} // namespace objprelink
