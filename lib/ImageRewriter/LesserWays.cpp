//===- LesserWays.cpp - where there is no room for all --------------------===//
//
// Packing, new words in RELRO and lazy entries need tables, and tables need
// memory and program headers, which an image may not have.
//
//===----------------------------------------------------------------------===//

#include "ImageRewriter/LesserWays.h"
#include "ImageEdit/Room.h"
#include "ImageRewriter/Reasons.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

namespace {
class Ways {
public:
  Ways(const Image &image, Decisions &wanted, const RewriteConfig &config,
       Diagnostics &diagnostics, RewrittenImage &out,
       function_ref<Error(const Decisions &)> make)
      : image(image), wanted(wanted), config(config), diagnostics(diagnostics),
        out(out), make(make) {}
  Error run();

private:
  Error makeUnpacked(Error failed);
  Error makeLesser(Error failed, StringRef how, std::string why);
  void say(const Twine &line) {
    if (!config.quiet)
      diagnostics.note(line);
  }

  const Image &image;
  Decisions &wanted;
  const RewriteConfig &config;
  Diagnostics &diagnostics;
  RewrittenImage &out;
  const function_ref<Error(const Decisions &)> make;
  Limits limits;
};
} // namespace

static bool lacksRoom(const Error &error) {
  return error.isA<NoRoom>();
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

Error Ways::makeUnpacked(Error failed) {
  const std::string why = toString(std::move(failed));
  limits.packs = false;
  wanted.packing = planPacking(image, wanted.slots, config, /*all=*/false);
  if (!nothingToDo(image, wanted, config).empty()) {
    out.summary.reason = why;
    out.edit.reset();
    return Error::success();
  }
  say(": not packed: " + why);
  return make(wanted);
}

/// Returns \p failed where less is nothing.
Error Ways::makeLesser(Error failed, StringRef how, std::string why) {
  Expected<Decisions> lesser =
      decide(image, *wanted.slots.target, config, limits);
  if (!lesser)
    return joinErrors(std::move(failed), lesser.takeError());
  if (!lesser->slots.redirected && !lesser->slots.movedWords &&
      !lesser->prerelocation)
    return failed;
  say(": " + how + ": " + why);
  out.summary = summarize(lesser->slots);
  if (lesser->slots.mode != wanted.slots.mode)
    out.summary.whyRelays = why;
  consumeError(std::move(failed));
  return make(*lesser);
}

Error Ways::run() {
  Error failed = make(wanted);
  if (failed && wanted.packing.packing == Packing::All && config.packIfPossible)
    failed = makeUnpacked(std::move(failed));
  if (!out.summary.reason.empty())
    return failed;
  // New words in RELRO want relocations, and these a longer table.
  if (!wanted.slots.relroWords.empty()) {
    limits.newWords = false;
    constexpr StringLiteral how("no new words for relays");
    if (lacksRoom(failed)) {
      const std::string why = toStringWithoutConsuming(failed);
      failed = makeLesser(std::move(failed), how, why);
    } else if (!failed && movesNotesAway(image, *out.edit)) {
      failed = makeLesser(std::move(failed), how,
                          "notes would not be where their offsets say");
    }
  }
  // Lazy entries want tables and words that relays do without.
  if (wanted.slots.mode != Mode::Lazy || wanted.slots.overridesBindNow)
    return failed;
  limits.lazy = false;
  for (bool newWords : {true, false}) {
    limits.newWords = newWords;
    if (lacksRoom(failed)) {
      const std::string why = toStringWithoutConsuming(failed);
      failed = makeLesser(std::move(failed), "relays, not lazy entries", why);
    }
  }
  return failed;
}

Error makeSomehow(const Image &image, Decisions wanted,
                  const RewriteConfig &config, Diagnostics &diagnostics,
                  RewrittenImage &out,
                  function_ref<Error(const Decisions &)> make) {
  return Ways(image, wanted, config, diagnostics, out, make).run();
}

} // namespace objprelink
