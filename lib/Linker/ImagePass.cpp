//===- ImagePass.cpp - never worse than plain LLD -------------------------===//
//
// The pass sees LLD's output in memory. Where there is nothing to gain, or
// where a rewrite would not be provably right, what LLD has made is delivered
// as it is: that is what the build asked for.
//
//===----------------------------------------------------------------------===//

#include "Linker/ImagePass.h"
#include "ELF/Classify.h"
#include "ImageRewriter/RewriteImage.h"
#include "ImageVerifier/VerifyImage.h"
#include "Linker/SlimLto.h"
#include "Support/Diagnostics.h"
#include "Target/Target.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Object/ELF.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/TimeProfiler.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace objprelink {

/// e_machine, of either class.
static uint16_t machineOf(Bytes contents) {
  return support::endian::read16le(&contents[18]);
}

/// The target of an image, or null.
static const Target *targetOf(Bytes contents) {
  return findTarget(machineOf(contents),
                    contents[ELF::EI_CLASS] == ELF::ELFCLASS64);
}

/// Whether the loader is told of a word that is the address of a symbol. Where
/// there is none, nothing need be read. There may be no section headers.
template <class ELFT>
static bool hasSymbolicWords(Bytes contents, const Target &target) {
  const auto isOne = [&](const auto &relocation) {
    return relocation.getType(/*isMips64EL=*/false) == target.absoluteWord &&
           relocation.getSymbol(/*isMips64EL=*/false);
  };
  // What cannot be read here, the reader will say why.
  auto file = object::ELFFile<ELFT>::create(toStringRef(contents));
  if (!file)
    return errorToBool(file.takeError());
  auto segments = file->program_headers();
  if (!segments)
    return errorToBool(segments.takeError());
  if (none_of(*segments, [](const auto &segment) {
        return segment.p_type == ELF::PT_DYNAMIC;
      }))
    return false;
  auto entries = file->dynamicEntries();
  if (!entries)
    return errorToBool(entries.takeError());
  DenseMap<int64_t, uint64_t> values;
  for (const auto &entry : *entries)
    values[entry.getTag()] = entry.getVal();
  const auto anyOf = [&]<class Entry>(int64_t tag, int64_t sizeTag) {
    const uint64_t size = values.lookup(sizeTag);
    if (!values.contains(tag) || !size)
      return false;
    auto table = file->toMappedAddr(values.lookup(tag));
    if (!table)
      return errorToBool(table.takeError());
    if (size > uint64_t(contents.end() - *table))
      return true;
    return any_of(
        ArrayRef(reinterpret_cast<const Entry *>(*table), size / sizeof(Entry)),
        isOne);
  };
  return values.contains(ELF::DT_ANDROID_RELA) ||
         values.contains(ELF::DT_ANDROID_REL) ||
         values.contains(ELF::DT_CREL) ||
         anyOf.template operator()<typename ELFT::Rela>(ELF::DT_RELA,
                                                        ELF::DT_RELASZ) ||
         anyOf.template operator()<typename ELFT::Rel>(ELF::DT_REL,
                                                       ELF::DT_RELSZ);
}

/// Why \p contents are none of ours, or nothing.
static std::string reasonToPass(Bytes contents) {
  const Classification found = classify(contents);
  if (found.kind == FileKind::Foreign || found.kind == FileKind::Executable)
    return found.reason;
  if (found.kind != FileKind::Image)
    return "not a shared library or PIE";
  const uint8_t abi = contents[ELF::EI_OSABI];
  if (abi != ELF::ELFOSABI_NONE && abi != ELF::ELFOSABI_GNU)
    return formatv("made for OS ABI {0}", abi);
  return targetOf(contents)
             ? ""
             : formatv("machine {0} is not supported", machineOf(contents))
                   .str();
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
  if (const std::string reason = reasonToPass(contents); !reason.empty())
    return keepPlain(LinkOutcome::NotAnImage, reason, contents, file);
  const Target &target = *targetOf(contents);
  if (!(target.is64 ? hasSymbolicWords<object::ELF64LE>(contents, target)
                    : hasSymbolicWords<object::ELF32LE>(contents, target)))
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
