#include "Driver/WorthIt.h"
#include "ELF/ImageReader.h"
#include "Loader/StartCosts.h"
#include "Support/Diagnostics.h"

using namespace llvm;

namespace objprelink {

namespace {
/// The parts of a rewrite.
struct Parts {
  bool slots = false, packed = false, prerelocated = false;

  bool isAny() const { return slots || packed || prerelocated; }
  bool operator==(const Parts &) const = default;
};
} // namespace

static Expected<Costs> costsAfter(const RewrittenImage &made,
                                  const Machine &machine) {
  const ByteVector bytes = made.contents->flatten();
  Expected<Image> after = readImage(bytes);
  if (!after)
    return after.takeError();
  return costsOf(*after, machine, /*lazy=*/!after->isBindNow);
}

/// Which parts of \p asked pay, of an image that cost \p before and with all of
/// them costs \p after. Says why the others do not.
static Parts whatPays(const Parts &asked, const Costs &before,
                      const Costs &after, bool isLazy,
                      Diagnostics &diagnostics) {
  Parts out;
  const auto saved = [](uint64_t before, uint64_t after) {
    return before - std::min(before, after);
  };
  const auto pays = [](uint64_t saved, uint64_t of) {
    return saved && saved >= kWorthIt * of;
  };
  const uint64_t lookUps = saved(before.lookUps, after.lookUps);
  if (asked.slots && !(out.slots = pays(lookUps, before.lookUps)))
    diagnostics.note(
        formatv(": {0} are not worth it: they would save {1:N} of {2:N} "
                "look-ups",
                isLazy ? "lazy entries" : "relays", lookUps, before.lookUps));
  const uint64_t bytes = saved(before.tableBytes, after.tableBytes);
  if (asked.packed && !(out.packed = pays(bytes, before.tableBytes)))
    diagnostics.note(formatv(": packing is not worth it: it would save {0:N} "
                             "of {1:N} bytes of relocations",
                             bytes, before.tableBytes));
  if (asked.prerelocated && !(out.prerelocated = paysInMemory(before, after)))
    diagnostics.note(
        formatv(": an address of its own is not worth it: relocations would "
                "write to {0:N} of {1:N} pages all the same",
                std::min(after.pages, before.pages), before.pages));
  return out;
}

static RewriteConfig reduced(const RewriteConfig &asked, const Parts &parts) {
  RewriteConfig out = asked;
  if (!parts.slots) {
    // What lets slots be lazy has no use.
    out.onlySlots = {RewriteConfig::kNoSlot};
    out.overrideBindNow = out.lazyAll = false;
  }
  out.packRelativeRelocs &= parts.packed;
  out.prerelocate &= parts.prerelocated;
  return out;
}

Expected<RewrittenImage> rewriteIfWorth(Bytes bytes,
                                        const RewriteConfig &config,
                                        Diagnostics &diagnostics) {
  Diagnostics ofAll;
  Expected<RewrittenImage> made = rewriteImage(bytes, config, ofAll);
  if (!made || !made->contents) {
    diagnostics.append(ofAll, "");
    return made;
  }
  const Image &before = *made->before;
  const Machine &machine = *findMachine(before.machine, before.is64);
  Expected<Costs> after = costsAfter(*made, machine);
  if (!after)
    return after.takeError();
  const Parts asked = {made->summary.redirected != 0 || config.lazyAll,
                       config.packRelativeRelocs, config.prerelocate};
  Diagnostics reasons;
  const Parts paying =
      whatPays(asked, costsOf(before, machine, /*lazy=*/!before.isBindNow),
               *after, made->summary.mode == Mode::Lazy, reasons);
  if (!config.quiet)
    diagnostics.append(reasons, "");
  if (paying == asked) {
    diagnostics.append(ofAll, "");
    return made;
  }
  if (paying.isAny())
    return rewriteImage(bytes, reduced(config, paying), diagnostics);
  made->contents.reset();
  return made;
}

} // namespace objprelink
