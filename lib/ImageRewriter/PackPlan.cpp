//===- PackPlan.cpp - what goes into DT_RELR -----------------------------===//
//
// glibc requires the version GLIBC_ABI_DT_RELR, and .dynstr has no room for its
// name. .gnu.version mostly follows .dynstr; it is smaller and nothing points
// into it, so it moves and the name goes behind the strings. Freed pages are
// zeros, which the file system need not store; they stay in the file because
// perf joins debug files that are packaged apart by the offsets of sections.
// Where the debug symbols are in the image, where a linker has just made it, or
// with --shrink-file, freed pages are cut out of the file: at the end of a
// segment, or by splitting one for at least 64 KiB, because a split costs one
// more mapping and program header.
//
// In an image that has DT_RELR, new RELATIVE relocations go there without an
// option: readers of a mixture (BOLT) crash, and no new version is needed. Old
// RELATIVEs stay where they are unless packing is asked for.
//
//===----------------------------------------------------------------------===//

#include "ImageRewriter/PackPlan.h"
#include "ImageRewriter/RelrVersion.h"
#include "Support/SortByNumber.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

std::vector<bool> redirectedRelocations(const Image &image,
                                        const ImagePlan &plan) {
  std::vector<bool> out(image.relocations.size());
  for (auto [slot, function] : zip_equal(plan.vtables.slots, plan.functionOf))
    if (function != ImagePlan::kNone)
      out[slot.relocation] = true;
  return out;
}

namespace {
/// DT_RELR counts in words and adds to what is there: so a place must be one
/// whole word in the file, and, because nothing may be relocated in text,
/// writable.
class PackablePlaces {
public:
  explicit PackablePlaces(const Image &image) : image(image) {}
  bool contain(uint64_t place);

private:
  const Image &image;
  /// The file contents of the writable segment that was looked at last.
  AddressRange packable;
};
} // namespace

bool PackablePlaces::contain(uint64_t place) {
  if (place % image.wordSize())
    return false;
  if (!packable.contains(place)) {
    const Segment *segment = image.segmentAt(place);
    if (!segment || !(segment->flags & PF_W))
      return false;
    packable = {segment->address, segment->fileSize};
  }
  return image.wordSize() <= packable.end() - std::min(place, packable.end());
}

PackPlan planPacking(const Image &image, uint32_t relative, Packing packing,
                     const std::vector<bool> &isNew) {
  PackPlan out;
  out.packing = packing;
  if (packing == Packing::None)
    return out;
  out.packs.resize(image.relocations.size());
  PackablePlaces places(image);
  for (auto [index, relocation] : enumerate(image.relocations)) {
    if (!isNew[index] && (relocation.type != relative || relocation.symbol))
      continue;
    const bool packs = (packing != Packing::New || isNew[index]) &&
                       places.contain(relocation.offset);
    out.packs[index] = packs;
    ++(packs ? out.packed : out.kept);
  }
  return out;
}

/// Whether the debug symbols are in the image. Where they are in a file of
/// their own, perf takes offsets of the one file for those of the other: it
/// finds a symbol by the distance of section offsets from those of addresses.
static bool hasDebugInfo(const Image &image) {
  return any_of(image.sections, [&](const Section &section) {
    return image.name(section) == ".debug_info";
  });
}

PackPlan planPacking(const Image &image, const ImagePlan &plan,
                     const ImageConfig &config, bool all) {
  const Packing packing = all                       ? Packing::All
                          : image.relrTable.empty() ? Packing::None
                                                    : Packing::New;
  PackPlan out = planPacking(image, plan.target->relative, packing,
                             redirectedRelocations(image, plan));
  out.needsVersion = all && !config.linked && !needsRelrVersion(image) &&
                     (out.packed || !image.relrPlaces.empty());
  out.cutsPages = all && !config.keepSize &&
                  (config.linked || config.shrinkFile || hasDebugInfo(image));
  return out;
}

PackPlan planPrivatePacking(const Image &image, const ImagePlan &plan,
                            const ImageConfig &config) {
  PackPlan out = planPacking(image, plan.target->relative, Packing::Private,
                             redirectedRelocations(image, plan));
  out.cutsPages = config.linked || config.shrinkFile;
  return out;
}

std::vector<uint64_t> packedPlaces(const Image &image, const PackPlan &plan) {
  std::vector<uint64_t> out = image.relrPlaces;
  if (plan.packing == Packing::None)
    return out;
  for (auto [relocation, packs] : zip_equal(image.relocations, plan.packs))
    if (packs)
      out.push_back(relocation.offset);
  sortByNumber(out, [](uint64_t place) { return place; });
  return out;
}

void pack(const Image &image, const PackPlan &plan,
          ImageRelocations &relocations) {
  relocations.packing = plan.packing;
  if (plan.packing == Packing::None)
    return;
  relocations.relr = packedPlaces(image, plan);
  size_t kept = 0;
  for (auto [index, relocation] : enumerate(relocations.main)) {
    if (index >= plan.packs.size() || !plan.packs[index])
      relocations.main[kept++] = relocation;
    else if (image.hasAddends)
      relocations.words.push_back({relocation.place, relocation.value});
  }
  relocations.main.resize(kept);
}

} // namespace objprelink
