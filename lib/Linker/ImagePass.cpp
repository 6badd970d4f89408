//===- ImagePass.cpp - never worse than the plain link --------------------===//
//
// The pass sees a linker's whole output. If there is nothing to gain, or if a
// rewrite would not be provably right, the linker's output is delivered as it
// is, since the build asked for it. A refusal, or an output that the verifier
// does not accept, is a remark (--objprelink-strict: an error).
//
//===----------------------------------------------------------------------===//

#include "Linker/ImagePass.h"
#include "ELF/ImageReader.h"
#include "ELF/SymbolicWords.h"
#include "ImageRewriter/RewriteImage.h"
#include "ImageVerifier/VerifyImage.h"
#include "ImageVerifier/VerifyLinks.h"
#include "Support/Diagnostics.h"
#include "Target/Machine.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Parallel.h"
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

Mode modeOf(const LinkOptions &options) {
  return options.mode == LinkMode::Relay ? Mode::Relay : Mode::Lazy;
}

RewriteConfig ImagePass::makeConfig(const LinkOutput &output) const {
  RewriteConfig config;
  config.mode = modeOf(options);
  config.plt =
      arguments.allowsTextRelocations ? PltKind::Absolute : PltKind::Pic;
  config.packRelativeRelocs = arguments.packsRelativeRelocs;
  config.prerelocate = options.prerelocate && arguments.isShared;
  config.preferredBase = options.preferredBase;
  config.linked = true;
  config.tablesAreUnnamed = output.tablesAreUnnamed();
  // Nobody has the old file.
  config.undoRecord = false;
  config.renewBuildId = arguments.hashesBuildId;
  config.addSymbols = !arguments.discardsLocals;
  config.verbose = options.verbose;
  config.quiet = !options.verbose;
  return config;
}

Error ImagePass::keepPlain(LinkOutcome outcome, StringRef reason,
                           LinkOutput &output) {
  record.outcome = outcome;
  record.reason = reason.str();
  if (output.room())
    if (Error e = output.linkPlain())
      return e;
  return output.keepPlain();
}

Error ImagePass::refuse(Error why, LinkOutput &output) {
  const std::string reason = toString(std::move(why));
  if (options.strict) {
    record.outcome = LinkOutcome::Refused;
    record.reason = reason;
    return error("objprelink: {0}", reason);
  }
  errs() << program << ": remark: " << record.output
         << ": linked without objprelink: " << reason << "\n";
  return keepPlain(LinkOutcome::Refused, reason, output);
}

Expected<RewrittenImage> ImagePass::plan(LinkOutput &output,
                                         Diagnostics &diagnostics) {
  TimeTraceScope scope("objprelink: rewrite", record.output);
  const Bytes contents = output.contents;
  output.foresee(contents);
  RewriteConfig config = makeConfig(output);
  Expected<RewrittenImage> image = rewriteImage(contents, config, diagnostics);
  if (image || !config.prerelocate || options.strict)
    return image;
  // The rest may be possible all the same.
  config.prerelocate = false;
  Expected<RewrittenImage> other = rewriteImage(contents, config, diagnostics);
  if (other)
    errs() << program << ": remark: " << record.output << ": "
           << toString(image.takeError()) << "\n";
  else
    consumeError(image.takeError());
  return other;
}

/// Whether \p image was rewritten without anything that the linker has not made
/// room for, or why not.
static Error checkRoom(const Expected<RewrittenImage> &image) {
  if (!image->contents)
    return error("{0}", image->summary.reason);
  const auto countLoads = [](ArrayRef<Segment> segments) {
    return count_if(segments, [](const Segment &segment) {
      return segment.type == ELF::PT_LOAD;
    });
  };
  if (!image->edit->addedSections.empty() ||
      countLoads(image->edit->segments) > countLoads(image->before->segments))
    return error("it is not enough");
  return Error::success();
}

/// A rewrite of what the linker has made with room, or why there is none.
Expected<RewrittenImage> ImagePass::planAsForeseen(LinkOutput &output,
                                                   Diagnostics &diagnostics) {
  TimeTraceScope scope("objprelink: rewrite", record.output);
  output.foresee(output.contents);
  RewriteConfig config = makeConfig(output);
  config.hasRoom = true;
  Expected<RewrittenImage> image =
      rewriteImage(output.contents, config, diagnostics);
  if (!image)
    return image;
  if (Error e = checkRoom(image))
    return e;
  const LinkRoom &room = *output.room();
  const uint64_t made = room.pltFunctions.size() + room.gotFunctions.size();
  // An entry that nothing leads to is as large as one that something does.
  const uint64_t used = image->summary.functions;
  if (made > used && made - used > used / 8 &&
      !errorToBool(output.checkSecondLink()))
    return error("{0} functions need none", made - used);
  return image;
}

/// A rewrite of what the linker makes with room for it, or why there is none;
/// without contents where there is nothing to rewrite.
Expected<RewrittenImage> ImagePass::planInRoom(LinkOutput &output,
                                               Diagnostics &diagnostics) {
  RewriteConfig config = makeConfig(output);
  if (arguments.wantsRetpolines)
    return error("entries would be no retpolines");
  // Large links are not planned for nothing.
  if (Error e = output.checkSecondLink())
    return e;
  Expected<Image> plain = readLinkedImage(output.contents);
  if (!plain)
    return plain.takeError();
  Expected<LinkPlan> found = planLinkRoom(*plain, config);
  if (!found)
    return found.takeError();
  if (found->nothing && !config.printsPlan()) {
    RewrittenImage nothing;
    nothing.summary = std::move(*found->nothing);
    return nothing;
  }
  if (!found->room)
    return error("nothing needs it");
  const LinkRoom &room = *found->room;
  Expected<Bytes> roomy = output.linkWithRoom(room);
  if (!roomy)
    return roomy.takeError();
  Expected<Image> second = readLinkedImage(*roomy);
  if (!second)
    return second.takeError();
  TimeTraceScope scope("objprelink: rewrite", record.output);
  config.hasRoom = true;
  std::optional<Expected<RewrittenImage>> image;
  std::string difference;
  output.foresee(*roomy);
  parallelFor(0, 2, [&](size_t task) {
    if (task)
      difference = toString(verifyLinks(*plain, *second));
    else
      image = rewriteImage(*roomy, config, diagnostics);
  });
  if (!*image)
    return image->takeError();
  if (Error e = checkRoom(*image))
    return e;
  if (!difference.empty())
    return error("the second link: {0}", difference);
  return std::move(*image);
}

/// The rewrite that adds least: in room that the linker has made, in room that
/// it makes now, or in segments of its own.
Expected<RewrittenImage> ImagePass::planBest(LinkOutput &output,
                                             Diagnostics &diagnostics) {
  if (output.room()) {
    Expected<RewrittenImage> image = planAsForeseen(output, diagnostics);
    hasRoom = bool(image);
    if (image)
      return image;
    const std::string why = toString(image.takeError());
    diagnostics = Diagnostics();
    if (options.verbose)
      diagnostics.note(": linked again, since the room was wrong: " + why);
    if (Error e = output.linkPlain())
      return e;
  }
  Diagnostics before = diagnostics;
  Expected<RewrittenImage> image = planInRoom(output, diagnostics);
  hasRoom = bool(image);
  if (image)
    return image;
  const std::string why = toString(image.takeError());
  diagnostics = std::move(before);
  image = plan(output, diagnostics);
  if (options.verbose && image && image->contents)
    diagnostics.note(": entries in segments of their own: " + why);
  return image;
}

Error ImagePass::rewrite(LinkOutput &output) {
  Diagnostics diagnostics;
  Expected<RewrittenImage> image = planBest(output, diagnostics);
  for (const std::string &note : diagnostics.notes)
    outs() << record.output << note << "\n";
  if (arguments.wantsRetpolines && (!image || image->contents)) {
    consumeError(image.takeError());
    constexpr StringLiteral reason(
        "the link asks for retpolines, which new code would not have");
    if (options.verbose)
      outs() << record.output << ": left alone: " << reason << "\n";
    // The build asked for that, so that it is no remark.
    return options.strict ? refuse(error("{0}", reason), output)
                          : keepPlain(LinkOutcome::Refused, reason, output);
  }
  if (!image)
    return refuse(image.takeError(), output);
  record.summary = image->summary;
  // Most of them are in the PLT for the slots alone.
  if (hasRoom)
    record.summary.lazyWords += image->summary.sharedLazyWords;
  if (!image->contents)
    return keepPlain(LinkOutcome::NothingToDo, image->summary.reason, output);

  if (options.verbose)
    sayLosses(record.summary, diagnostics);
  for (const std::string &loss : diagnostics.losses)
    outs() << "security: " << record.output << loss << "\n";
  if (!output.room())
    record.bytesBefore = output.contents.size();
  record.bytesAfter = image->contents->size();
  std::string defect;
  const auto check = [&](Bytes written, const Copies &copies) -> Error {
    TimeTraceScope scope("objprelink: verify");
    defect =
        toString(verifyImage(*image->before, written, copies,
                             {NoteHash::Trusted, output.tablesAreUnnamed()}));
    return defect.empty() ? Error::success() : error("{0}", defect);
  };
  Error failed =
      output.replace(std::move(*image->contents), image->before->bytes, check);
  if (!defect.empty()) {
    consumeError(std::move(failed));
    return refuse(error("internal error: the output was wrong and was not "
                        "kept: {0}",
                        defect),
                  output);
  }
  if (failed)
    return failed;
  record.outcome = LinkOutcome::Rewritten;
  done = std::move(*image);
  return Error::success();
}

Error ImagePass::run(StringRef path, LinkOutput &output) {
  record.output = path.str();
  if (options.mode == LinkMode::Off)
    return keepPlain(LinkOutcome::Off, "", output);
  const Classification found = classify(output.contents);
  if (const std::string reason = reasonToPass(found); !reason.empty())
    return keepPlain(LinkOutcome::NotAnImage, reason, output);
  const Machine &machine = *findMachine(found.machine, found.is64);
  if (!(options.prerelocate && arguments.isShared) &&
      !mayHaveSymbolicWords(output.contents, found, machine.absoluteWord))
    return keepPlain(LinkOutcome::NothingToDo, "no symbolic words", output);
  return rewrite(output);
}

} // namespace objprelink
