//===- RewriteImage.cpp - the image pass ----------------------------------===//
//
// Reads, plans, leaves alone or refuses what must not be rewritten, and has the
// plan carried out. What cannot be done in the way that was asked for is done
// in a lesser one, where the user allows that or loses nothing by it.
//
//===----------------------------------------------------------------------===//

#include "ImageRewriter/RewriteImage.h"
#include "ELF/ImageReader.h"
#include "ELF/RewriteNote.h"
#include "ImageEdit/Coherence.h"
#include "ImageEdit/SelfChecks.h"
#include "ImageRewriter/Hardening.h"
#include "ImageRewriter/ImageWriter.h"
#include "ImageRewriter/TargetMachine.h"
#include "Support/Diagnostics.h"
#include "VTable/Instrumentation.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

/// Why \p image is left as it is, or nothing.
static std::string reasonToLeave(const Image &image, const ImagePlan &plan,
                                 const Config &config) {
  if (plan.redirected || plan.movedWords)
    return "";
  // LLD has packed its own.
  if (config.packRelativeRelocs && !config.linked &&
      any_of(image.relocations, [&](const Relocation &relocation) {
        return relocation.type == plan.target->relative;
      }))
    return "";
  if (plan.vtables.tables.empty())
    return "no vtables";
  if (plan.vtables.slots.empty())
    return formatv("none of the {0} vtables has a symbolic slot",
                   plan.vtables.tables.size());
  return formatv("none of the {0} symbolic slots would save a look-up",
                 plan.vtables.slots.size());
}

/// Makes the contents of \p out of what was there before.
static Error rewriteWith(const ImagePlan &plan, const Config &config,
                         std::optional<uint64_t> overlay, RewrittenImage &out,
                         bool &lacksRoom) {
  out.edit = std::make_unique<ImageEdit>(*out.before);
  if (overlay)
    out.edit->keepOverlay(*overlay);
  if (Error e = writeImage(plan, config, *out.edit, lacksRoom))
    return e;
  out.contents = out.edit->extents();
  return Error::success();
}

/// Whether notes are no longer as far from their offsets as the headers are.
/// Programs look for their own at both places.
static bool movesNotesAway(const Image &image, const ImageEdit &edit) {
  const Segment &first = image.segments[image.loadable.front()];
  const auto isAway = [&](const Segment &segment) {
    return segment.type == PT_NOTE &&
           segment.address - segment.offset != first.address - first.offset;
  };
  return none_of(image.segments, isAway) &&
         any_of(edit.placedSegments(), isAway);
}

Expected<RewrittenImage> rewriteImage(Bytes bytes, const Config &asked,
                                      Diagnostics &diagnostics) {
  Expected<Image> read =
      asked.linked ? readLinkedImage(bytes) : readImage(bytes);
  if (!read)
    return read.takeError();
  Config config = asked;
  // A linker packs what it can, and says then what the loader must know.
  config.packRelativeRelocs &= !config.linked || !read->relrTable.empty();
  RewrittenImage out;
  out.before = std::make_unique<Image>(std::move(*read));
  const Image &image = *out.before;
  Expected<const Target &> target = supportedTarget(image.machine, image.is64);
  if (!target)
    return target.takeError();
  Expected<std::optional<FoundNote>> note = findNote(image);
  if (!note)
    return note.takeError();
  const auto leave = [&](std::string reason) {
    if (!config.quiet)
      diagnostics.note(": left alone: " + reason);
    out.summary.reason = std::move(reason);
  };
  if (*note) {
    leave("rewritten already, by version " + (*note)->version);
    return out;
  }
  Expected<ImagePlan> plan = makeImagePlan(image, *target, config);
  if (!plan)
    return plan.takeError();
  printImagePlan(image, *plan, config, diagnostics);
  out.summary = summarize(*plan);
  if (const std::string reason = reasonToLeave(image, *plan, config);
      !reason.empty()) {
    leave(reason);
    return out;
  }

  // Only slots matter to such code.
  std::string keptBack;
  if (plan->redirected) {
    Expected<std::optional<Instrumentation>> found = findInstrumentation(image);
    if (!found)
      return found.takeError();
    keptBack = *found ? (*found)->reason : findHardenedJumps(image);
  }
  if (!keptBack.empty()) {
    // A link asked for slots to be redirected, so it is told.
    if (config.linked)
      return error("{0}", keptBack);
    out.summary.redirected = out.summary.functions = out.summary.lazyWords = 0;
    leave(std::move(keptBack));
    return out;
  }

  if (image.packedTable)
    return error("{0} is not supported", dynamicTagName(*image.packedTable));
  // glibc has no code for the others (ELF_MACHINE_NO_REL, ELF_MACHINE_NO_RELA).
  if (image.hasAddends != image.is64)
    return error("{0} is not supported: relocations of this machine are in {1}",
                 image.hasAddends ? "DT_RELA" : "DT_REL",
                 image.is64 ? "DT_RELA" : "DT_REL");
  if (Error e = checkCoherence(image, machineCodeOf(*target)))
    return e;
  if (Error e = checkSelfChecks(image))
    return e;
  const std::optional<uint64_t> overlay = findOverlay(image);
  if (overlay && !config.keepOverlay)
    return error("{0} bytes follow all that the file describes, from {1:x} on "
                 "(--keep-overlay keeps them at the end)",
                 bytes.size() - *overlay, *overlay);
  bool lacksRoom = false;
  Error failed = rewriteWith(*plan, config, overlay, out, lacksRoom);
  if (failed && config.packRelativeRelocs && config.packIfPossible) {
    const std::string reason = toString(std::move(failed));
    config.packRelativeRelocs = false;
    if (!reasonToLeave(image, *plan, config).empty()) {
      out.edit.reset();
      leave(reason);
      return out;
    }
    if (!config.quiet)
      diagnostics.note(": not packed: " + reason);
    failed = rewriteWith(*plan, config, overlay, out, lacksRoom);
  }
  const auto retry = [&](bool newWords, StringRef how, const Twine &why) {
    Expected<ImagePlan> lesser =
        makeImagePlan(image, *target, config, newWords);
    if (!lesser) {
      failed = joinErrors(std::move(failed), lesser.takeError());
      return;
    }
    if (!lesser->redirected && !lesser->movedWords)
      return;
    if (!config.quiet)
      diagnostics.note(": " + how + ": " + why.str());
    out.summary = summarize(*lesser);
    if (lesser->mode != plan->mode)
      out.summary.whyRelays = why.str();
    consumeError(std::move(failed));
    failed = rewriteWith(*lesser, config, overlay, out, lacksRoom);
  };
  // New words in RELRO want relocations, and these a longer table.
  if (!plan->relroWords.empty()) {
    if (failed && lacksRoom)
      retry(/*newWords=*/false, "no new words for relays",
            toStringWithoutConsuming(failed));
    else if (!failed && movesNotesAway(image, *out.edit))
      retry(/*newWords=*/false, "no new words for relays",
            "notes would not be where their offsets say");
  }
  // Lazy entries want tables and words that relays do without.
  if (failed && lacksRoom && plan->mode == Mode::Lazy &&
      !plan->overridesBindNow) {
    config.mode = Mode::Relay;
    retry(/*newWords=*/true, "relays, not lazy entries",
          toStringWithoutConsuming(failed));
    if (failed && lacksRoom)
      retry(/*newWords=*/false, "relays, not lazy entries",
            toStringWithoutConsuming(failed));
  }
  if (failed)
    return failed;
  return out;
}

} // namespace objprelink
