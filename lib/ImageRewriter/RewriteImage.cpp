//===- RewriteImage.cpp - the image pass, from reading to sealing ---------===//
//
// First everything is decided, and the additions are measured; then all
// additions are placed at once; then they are written. Nothing is made before
// the decisions that it rests on, so nothing is made twice, except code: it is
// made once for its size and once for its addresses.
//
//===----------------------------------------------------------------------===//

#include "ImageRewriter/RewriteImage.h"
#include "ELF/ImageReader.h"
#include "ELF/RewriteNote.h"
#include "ImageEdit/AddedNote.h"
#include "ImageEdit/BuildId.h"
#include "ImageEdit/OldSections.h"
#include "ImageEdit/RelocationTables.h"
#include "ImageEdit/RelroRoom.h"
#include "ImageEdit/Undo.h"
#include "ImageRewriter/LesserWays.h"
#include "ImageRewriter/Prerelocation.h"
#include "ImageRewriter/Reasons.h"
#include "ImageRewriter/Redirection.h"
#include "ImageRewriter/RelrVersion.h"
#include "ImageRewriter/TargetMachine.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Parallel.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

/// Writes the hash, or the build-id: the last bytes that change.
static void seal(ImageEdit &edit, const AddedNote &note,
                 const ImageConfig &config) {
  if (config.linked) {
    if (config.renewBuildId)
      renewBuildId(edit);
    return;
  }
  const uint64_t begin = edit.image.segmentTableOffset +
                         edit.image.programHeadersSize(edit.segments.size());
  const Extents extents = edit.extents();
  const std::string hash =
      contentHash(extents.list(), edit.placedSegments(), begin);
  edit.write(note.address() + hashOffsetInNote(note.bytes()),
             arrayRefFromStringRef(hash));
}

/// Carries out \p decisions about the image of \p edit, which holds together.
static Error carryOut(const Decisions &decisions, const ImageConfig &config,
                      References &references, ImageEdit &edit) {
  const Image &image = edit.image;
  const auto &[slots, packing, prerelocated] = decisions;
  if (!config.tablesAreUnnamed)
    if (Error e = checkTableReferences(image, references))
      return e;

  // What is added, and how large it is.
  Redirection redirection(slots, edit);
  if (Error e = redirection.measure())
    return e;
  Prerelocation prerelocation(prerelocated ? &*prerelocated : nullptr, slots,
                              edit);
  prerelocation.measure();
  ImageRelocations relocations = relocationsOf(image);
  redirection.map(relocations);
  pack(image, packing, relocations);
  prerelocation.map(relocations);
  const AddressRange noteRoom =
      config.linked ? findRoomNote(image) : AddressRange();
  AddedNote note(edit, references, ".note.objprelink",
                 makeNote(decisions, config, redirection.makesTextRelocations(),
                          !noteRoom.empty(), noteRoom.size),
                 noteRoom);
  // Whoever packs wants no room for what is not used, and has tables that
  // cannot have shadows.
  RelocationTables tables(
      edit, relocations,
      {slots.target->relative, slots.target->indirectRelative},
      !config.linked && packing.packing == Packing::None);
  if (Error e = tables.measure())
    return e;
  RelrVersion version(edit, references);
  if (packing.needsVersion)
    if (Error e = version.measure())
      return e;

  // The end of the segment before wants the same bytes.
  if (slots.relroBegin)
    lowerRelro(image, *slots.relroBegin, edit);
  if (Error e = makeRoomFor(edit, references, note, packing.cutsPages))
    return e;

  // Every address is known; nothing moves from here on.
  redirection.write();
  tables.write();
  if (packing.packing == Packing::Private)
    prerelocation.write(tables.privateTable());
  version.write();
  note.write();
  tables.setMainTags();
  tables.setPltTags();
  redirection.setGotTag();
  tables.setRelrTags();
  redirection.setFlags();
  tables.setCountedSize();
  note.describe();
  redirection.describe(config.addSymbols);
  tables.describeRelr();
  prerelocation.describe();
  if (Error e = edit.checkNewNames())
    return e;
  tables.addShadow();
  if (Error e = edit.layout())
    return e;

  // Every offset is known, and which bytes of the old file are in the new one.
  // Debug symbols of what a linker has just made are not apart yet.
  if (!config.linked && !image.sections.empty())
    addOldSections(edit);
  if (config.undoRecord && !image.sections.empty()) {
    auto undo = makeUndoSection(image.bytes, edit.oldRanges());
    if (!undo)
      return undo.takeError();
    edit.addedSections.push_back(std::move(*undo));
  }
  if (Error e = edit.finish())
    return e;
  seal(edit, note, config);
  return Error::success();
}

void sayLosses(const ImageSummary &summary, Diagnostics &diagnostics) {
  if (const uint64_t words = summary.lazyWords)
    diagnostics.lose(formatv(": {0:N} word{1} that calls go through stay{2} "
                             "writable after loading",
                             words, words == 1 ? "" : "s",
                             words == 1 ? "s" : ""));
  if (summary.losesBindNow)
    diagnostics.lose(": the image is no longer BIND_NOW; its other words are "
                     "bound when it is loaded, and RELRO stays");
  if (summary.hasTextRelocations)
    diagnostics.lose(": text relocations: the loader makes the code writable "
                     "while it corrects it");
  if (summary.address)
    diagnostics.lose(formatv(": each process has the image at {0:x}, unless "
                             "something else is there",
                             *summary.address));
}

namespace {
/// Why an image is not rewritten, whatever is decided.
struct Obstacles {
  /// An error; empty where there is none.
  std::string cannot;
  /// Why slots stay as they are, or an error.
  std::string keptBack, unreadable;
};
} // namespace

static void findKeptBack(const Image &image, Obstacles &out) {
  if (Expected<std::string> why = whyKeptBack(image))
    out.keptBack = std::move(*why);
  else
    out.unreadable = toString(why.takeError());
}

/// Decides about \p image while others find what is in the way and, where that
/// is not known, what refers to its tables. That would be in vain for most
/// files, which have nothing to redirect, but not for what a linker has looked
/// at.
static Expected<Decisions> decideMeanwhile(const Image &image,
                                           const Target &target,
                                           const RewriteConfig &config,
                                           References &references,
                                           Obstacles &obstacles) {
  parallel::TaskGroup tasks;
  tasks.spawn([&] {
    obstacles.cannot =
        toString(checkRewritable(image, machineCodeOf(target), config));
  });
  tasks.spawn([&] { findKeptBack(image, obstacles); });
  Expected<Decisions> decisions = decide(image, target, config);
  if (!config.tablesAreUnnamed)
    references.collect();
  tasks.sync();
  return decisions;
}

Expected<RewrittenImage> rewriteImage(Bytes bytes, const RewriteConfig &config,
                                      Diagnostics &diagnostics) {
  Expected<Image> read =
      config.linked ? readLinkedImage(bytes) : readImage(bytes);
  if (!read)
    return read.takeError();
  RewrittenImage out;
  out.before = std::make_unique<Image>(std::move(*read));
  const Image &image = *out.before;
  Expected<const Target &> target = supportedTarget(image.machine, image.is64);
  if (!target)
    return target.takeError();
  const auto leave = [&](std::string reason) {
    if (!config.quiet)
      diagnostics.note(": left alone: " + reason);
    out.summary.reason = std::move(reason);
  };
  Expected<std::optional<FoundNote>> note = findNote(image);
  if (!note)
    return note.takeError();
  if (*note) {
    leave("rewritten already, by version " + (*note)->version);
    return out;
  }

  const MachineCode code = machineCodeOf(*target);
  References references(image, code);
  Obstacles obstacles;
  Expected<Decisions> decisions =
      config.linked
          ? decideMeanwhile(image, *target, config, references, obstacles)
          : decide(image, *target, config);
  if (!decisions)
    return decisions.takeError();
  // Every decision is made; nothing is changed before this.
  printImagePlan(image, decisions->slots, config, diagnostics);
  printPackPlan(decisions->packing, config, diagnostics);
  if (decisions->prerelocation)
    printPrerelocationPlan(*decisions->prerelocation, config, diagnostics);
  out.summary = summarize(decisions->slots);
  if (std::string why = nothingToDo(image, *decisions, config); !why.empty()) {
    leave(std::move(why));
    return out;
  }
  // Only slots matter to code that keeps them back.
  const bool hasSlots = decisions->slots.redirected != 0;
  if (!config.linked && hasSlots)
    findKeptBack(image, obstacles);
  if (hasSlots && !obstacles.unreadable.empty())
    return error("{0}", obstacles.unreadable);
  if (hasSlots && !obstacles.keptBack.empty()) {
    // A link asked for slots to be redirected, so it is told.
    if (config.linked)
      return error("{0}", obstacles.keptBack);
    out.summary.redirected = out.summary.functions = out.summary.lazyWords = 0;
    leave(std::move(obstacles.keptBack));
    return out;
  }
  if (!config.linked)
    obstacles.cannot = toString(checkRewritable(image, code, config));
  if (!obstacles.cannot.empty())
    return error("{0}", obstacles.cannot);

  const auto make = [&](const Decisions &these) -> Error {
    out.edit = std::make_unique<ImageEdit>(image);
    if (const std::optional<uint64_t> overlay = findOverlay(image))
      out.edit->keepOverlay(*overlay);
    if (Error e = carryOut(these, config, references, *out.edit))
      return e;
    out.contents = out.edit->extents();
    out.summary.packed =
        these.packing.packing == Packing::All ? these.packing.packed : 0;
    if (these.prerelocation)
      out.summary.address = these.prerelocation->base;
    return Error::success();
  };
  if (Error e = makeSomehow(image, std::move(*decisions), config, diagnostics,
                            out, make))
    return e;
  if (!out.summary.reason.empty())
    leave(out.summary.reason);
  return out;
}

} // namespace objprelink
