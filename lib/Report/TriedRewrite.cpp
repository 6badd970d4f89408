#include "Report/TriedRewrite.h"
#include "ELF/ImageReader.h"
#include "ImageRewriter/RewriteImage.h"
#include "Support/Diagnostics.h"

using namespace llvm;

namespace objprelink {

RewriteConfig configOf(Rewrite rewrite) {
  using Slots = Rewrite::Slots;
  RewriteConfig config;
  config.mode =
      rewrite.slots == Slots::Lazy || rewrite.slots == Slots::LazyAlways
          ? Mode::Lazy
          : Mode::Relay;
  config.overrideBindNow = config.lazyAll = rewrite.slots == Slots::LazyAlways;
  config.packRelativeRelocs = rewrite.packed;
  config.prerelocate = rewrite.prerelocated;
  if (rewrite.slots == Slots::AsTheyAre)
    config.onlySlots = {RewriteConfig::kNoSlot};
  config.quiet = true;
  return config;
}

TriedRewrite tryRewrite(const Image &image, Rewrite rewrite,
                        function_ref<void(const Image &)> show) {
  TriedRewrite out;
  if (!rewrite.isAny()) {
    show(image);
    return out;
  }
  const auto refuse = [&](Error e) {
    out.refused = toString(std::move(e));
    show(image);
    return out;
  };
  Diagnostics ignored;
  Expected<RewrittenImage> rewritten =
      rewriteImage(image.bytes, configOf(rewrite), ignored);
  if (!rewritten)
    return refuse(rewritten.takeError());
  out.summary = rewritten->summary;
  if (!rewritten->contents) {
    show(image);
    return out;
  }
  const ByteVector bytes = rewritten->contents->flatten();
  Expected<Image> after = readImage(bytes);
  if (!after)
    return refuse(after.takeError());
  out.bytes = bytes.size();
  show(*after);
  return out;
}

} // namespace objprelink
