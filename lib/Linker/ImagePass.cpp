//===- ImagePass.cpp - never worse than plain LLD -------------------------===//
//
// The pass sees LLD's output in memory. Where there is nothing to gain, or
// where a rewrite would not be provably right, what LLD has made is delivered
// as it is: that is what the build asked for. A refusal, or an output that the
// verifier does not believe, is a remark (--objprelink-strict: an error).
//
//===----------------------------------------------------------------------===//

#include "Linker/ImagePass.h"
#include "ELF/SymbolicWords.h"
#include "ImageRewriter/RewriteImage.h"
#include "ImageVerifier/VerifyImage.h"
#include "Linker/SlimLto.h"
#include "Support/Diagnostics.h"
#include "Target/Machine.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/TimeProfiler.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace objprelink {

/// Why a file is none of ours, or nothing.
static std::string reasonToPass(const Classification &found) {
  if (found.kind == FileKind::Foreign || found.kind == FileKind::Executable)
    return found.reason;
  if (found.kind != FileKind::Image)
    return "not a shared library or PIE";
  if (found.osAbi != ELF::ELFOSABI_NONE && found.osAbi != ELF::ELFOSABI_GNU)
    return formatv("made for OS ABI {0}", found.osAbi);
  return findMachine(found.machine, found.is64)
             ? ""
             : formatv("machine {0} is not supported", found.machine).str();
}

static RewriteConfig makeConfig(const LinkOptions &options,
                                const LldArguments &arguments) {
  RewriteConfig config;
  config.mode = options.mode == LinkMode::Relay ? Mode::Relay : Mode::Lazy;
  config.plt =
      arguments.allowsTextRelocations ? PltKind::Absolute : PltKind::Pic;
  config.packRelativeRelocs = arguments.packsRelativeRelocs;
  config.linked = true;
  // Nobody has the old file.
  config.undoRecord = false;
  config.renewBuildId = arguments.hashesBuildId;
  config.addSymbols = !arguments.discardsLocals;
  config.verbose = options.verbose;
  config.quiet = !options.verbose;
  return config;
}

Error ImagePass::keepPlain(LinkOutcome outcome, StringRef reason,
                           Bytes contents, PendingFile &file) {
  record.outcome = outcome;
  record.reason = reason.str();
  return file.fill(contents);
}

Error ImagePass::refuse(Error why, Bytes contents, PendingFile &file) {
  const std::string reason = toString(std::move(why));
  if (options.strict) {
    record.outcome = LinkOutcome::Refused;
    record.reason = reason;
    return error("objprelink: {0}", reason);
  }
  errs() << program << ": remark: " << record.output
         << ": linked without objprelink: " << reason << "\n";
  return keepPlain(LinkOutcome::Refused, reason, contents, file);
}

Expected<RewrittenImage> ImagePass::plan(Bytes contents,
                                         Diagnostics &diagnostics) {
  TimeTraceScope scope("objprelink: rewrite", record.output);
  return rewriteImage(contents, makeConfig(options, arguments), diagnostics);
}

Error ImagePass::rewrite(Bytes contents, PendingFile &file) {
  Diagnostics diagnostics;
  Expected<RewrittenImage> image = plan(contents, diagnostics);
  for (const std::string &note : diagnostics.notes)
    outs() << record.output << note << "\n";
  if (arguments.wantsRetpolines && (!image || image->contents)) {
    consumeError(image.takeError());
    constexpr StringLiteral reason(
        "the link asks for retpolines, which new code would not have");
    if (options.verbose)
      outs() << record.output << ": left alone: " << reason << "\n";
    // The build asked for that, so that it is no remark.
    return options.strict
               ? refuse(error("{0}", reason), contents, file)
               : keepPlain(LinkOutcome::Refused, reason, contents, file);
  }
  if (!image)
    return refuse(image.takeError(), contents, file);
  record.summary = image->summary;
  if (!image->contents)
    return keepPlain(LinkOutcome::NothingToDo, image->summary.reason, contents,
                     file);

  record.bytesBefore = contents.size();
  record.bytesAfter = image->contents->size();
  Error defect = Error::success();
  const auto check = [&](Bytes written, const Copies &copies) -> Error {
    TimeTraceScope scope("objprelink: verify");
    defect = verifyImage(*image->before, written, copies, NoteHash::Trusted);
    return Error::success();
  };
  Error failed = file.fill(std::move(*image->contents), {contents}, check);
  if (failed)
    return joinErrors(std::move(failed), std::move(defect));
  if (defect)
    return refuse(inContext("internal error: the output was wrong and was not "
                            "kept",
                            std::move(defect)),
                  contents, file);
  record.outcome = LinkOutcome::Rewritten;
  done = std::move(*image);
  return Error::success();
}

Error ImagePass::fill(Bytes contents, PendingFile &file) {
  if (options.mode == LinkMode::Off)
    return keepPlain(LinkOutcome::Off, "", contents, file);
  {
    TimeTraceScope scope("objprelink: check", record.output);
    if (Error e = checkSlimLto(contents, arguments))
      return e;
  }
  const Classification found = classify(contents);
  if (const std::string reason = reasonToPass(found); !reason.empty())
    return keepPlain(LinkOutcome::NotAnImage, reason, contents, file);
  const Machine &machine = *findMachine(found.machine, found.is64);
  if (!mayHaveSymbolicWords(contents, found, machine.absoluteWord))
    return keepPlain(LinkOutcome::NothingToDo, "no symbolic words", contents,
                     file);
  return rewrite(contents, file);
}

Error ImagePass::run(StringRef path, Bytes contents, PendingFile &file) {
  record.output = path.str();
  if (Error e = fill(contents, file))
    return e;
  if (Error e = file.keep())
    return e;
  if (!done)
    return Error::success();
  if (Error e = map.correct(*done->before, *done->edit))
    errs() << program << ": remark: the map is that of the link without "
           << "objprelink: " << toString(std::move(e)) << "\n";
  return Error::success();
}

} // namespace objprelink
