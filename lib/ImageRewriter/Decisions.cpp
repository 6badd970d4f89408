#include "ImageRewriter/Decisions.h"
#include "ELF/RewriteNote.h"

using namespace llvm;

namespace objprelink {

Expected<Decisions> decide(const Image &image, const Target &target,
                           const RewriteConfig &config, Limits limits) {
  RewriteConfig wanted = config;
  // Text relocations would have the loader write at any address.
  if (config.prerelocate)
    wanted.plt = PltKind::Pic;
  // New words want relocations, which may take the place of what was packed.
  limits.newWords &= !config.hasRoom || config.packRelativeRelocs;
  Expected<ImagePlan> slots = makeImagePlan(image, target, wanted, limits);
  if (!slots)
    return slots.takeError();
  Decisions out;
  out.slots = std::move(*slots);
  // A linker packs what it can, and says then what the loader must know.
  const bool packsAll = limits.packs && config.packRelativeRelocs &&
                        (!config.linked || !image.relrTable.empty());
  out.packing = planPacking(image, out.slots, config, packsAll);
  if (config.prerelocate)
    if (Error e = planPrerelocation(image, out.slots, config, out.packing,
                                    out.prerelocation))
      return e;
  return out;
}

ByteVector makeNote(const Decisions &decisions, const ImageConfig &config,
                    bool hasAbsoluteCode, bool hasRoom, uint64_t size) {
  const ImagePlan &slots = decisions.slots;
  NoteContents contents;
  contents.version = OBJPRELINK_VERSION;
  contents.mode = slots.mode;
  const auto add = [&](bool is, StringRef option) {
    if (is)
      contents.options.push_back(option.str());
  };
  add(slots.overridesBindNow, noteoption::kOverrideBindNow);
  add(slots.movedWords, noteoption::kLazyAll);
  const bool hasPlt =
      slots.target->hasAbsoluteEntries && !slots.lazyWords.empty();
  add(slots.style.absolute && hasAbsoluteCode, noteoption::kAbsolutePlt);
  add(hasPlt && !slots.style.absolute, noteoption::kPicPlt);
  add(decisions.packing.packing == Packing::All, noteoption::kPackRelr);
  add(decisions.prerelocation.has_value(), noteoption::kPrerelocate);
  contents.slots = slots.redirected;
  contents.functions = slots.functions.size();
  add(config.linked, noteoption::kLinked);
  add(hasRoom, noteoption::kRoom);
  return encodeNote(contents, size);
}

} // namespace objprelink
