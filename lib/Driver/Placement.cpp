//===- Placement.cpp - places for images ----------------------------------===//
//
// A page table describes 2 MiB. Images that are scattered over the range need
// one or two for each of them, which may be more memory than their unwritten
// pages save. Here they stand side by side: first large ones, each at a
// multiple of 2 MiB and with a gap behind it, then the others, page by page, in
// the first place that is large enough.
//
// Each image gets memory of its own if there is room for that, as there is in
// the 128 GiB of x86-64: what is not known of who loads whom then costs
// nothing. In the 240 MiB of i386 there may not be. There, and then only,
// images that never meet (LoadTable.h) share memory.
//
//===----------------------------------------------------------------------===//

#include "Driver/Placement.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Alignment.h"
#include "llvm/Support/xxhash.h"

using namespace llvm;

namespace objprelink {

static constexpr uint64_t kLarge = 0x200000;

bool PlacedImage::isLarge() const {
  return size >= kLarge;
}

uint64_t PlacedImage::unit() const {
  return std::max(alignment, isLarge() ? kLarge : Image::kPageSize);
}

/// To begin at a multiple of more than a page, glibc maps more than it needs
/// (_dl_map_segment, from 2.35 on). For what a huge page would fit, the kernel
/// looks for room for one more at the address that is asked for, and goes
/// elsewhere where that is taken (__thp_get_unmapped_area in mm/huge_memory.c).
uint64_t PlacedImage::room() const {
  return alignTo(size, Image::kPageSize) +
         std::max(alignment > Image::kPageSize ? alignment : 0,
                  isLarge() ? kLarge : 0);
}

uint64_t PlacedImage::end() const {
  return *begin() + alignTo(size, Image::kPageSize);
}

namespace {
/// Gives the images of one machine their places.
class Placer {
public:
  Placer(const LoadTable &table, const Machine &machine, uint64_t seed,
         std::vector<PlacedImage *> images);
  void run();

private:
  struct Taken {
    uint64_t begin = 0, end = 0;
    const PlacedImage *by = nullptr;
  };

  bool place(uint64_t begin, uint64_t end, bool shares);
  std::optional<uint64_t> findPlace(const PlacedImage &member, uint64_t begin,
                                    uint64_t end, bool shares) const;
  void take(const PlacedImage &member, uint64_t begin);
  uint64_t beginFor(bool shares);

  const LoadTable &table;
  const Machine &machine;
  const uint64_t seed;
  std::vector<PlacedImage *> toPlace, kept;
  /// In order.
  std::vector<Taken> taken;
};
} // namespace

Placer::Placer(const LoadTable &table, const Machine &machine, uint64_t seed,
               std::vector<PlacedImage *> images)
    : table(table), machine(machine), seed(seed) {
  llvm::sort(images, [](const PlacedImage *a, const PlacedImage *b) {
    return std::tuple(!a->isLarge(), StringRef(a->name), StringRef(a->path)) <
           std::tuple(!b->isLarge(), StringRef(b->name), StringRef(b->path));
  });
  for (PlacedImage *image : images)
    (image->kept ? kept : toPlace).push_back(image);
}

void Placer::take(const PlacedImage &image, uint64_t begin) {
  const Taken entry = {begin, begin + image.room(), &image};
  taken.insert(llvm::upper_bound(taken, entry,
                                 [](const Taken &a, const Taken &b) {
                                   return a.begin < b.begin;
                                 }),
               entry);
}

/// The first place for \p image in [begin, end).
std::optional<uint64_t> Placer::findPlace(const PlacedImage &image,
                                          uint64_t begin, uint64_t end,
                                          bool shares) const {
  uint64_t at = alignTo(begin, image.unit());
  for (const Taken &other : taken) {
    if (other.end <= at ||
        (shares && !table.areTogether(other.by->file, image.file)))
      continue;
    if (other.begin >= at + image.room())
      break;
    at = alignTo(other.end, image.unit());
  }
  return at <= end && image.room() <= end - at ? std::optional(at)
                                               : std::nullopt;
}

/// Whether all have a place in [begin, end).
bool Placer::place(uint64_t begin, uint64_t end, bool shares) {
  taken.clear();
  for (const PlacedImage *image : kept)
    take(*image, *image->kept);
  bool all = true;
  for (PlacedImage *image : toPlace) {
    image->base = findPlace(*image, begin, end, shares);
    if (image->base)
      take(*image, *image->base);
    all &= image->base.has_value();
  }
  return all;
}

/// Where the set begins: another set, or another seed, is elsewhere, and what
/// comes to a set later is beside it.
uint64_t Placer::beginFor(bool shares) {
  const uint64_t begin = machine.preferredBegin, end = machine.preferredEnd;
  uint64_t first = end;
  for (const PlacedImage *image : kept)
    if (*image->kept >= begin)
      first = std::min(first, alignDown(*image->kept, kLarge));
  if (first < end)
    return first;
  place(begin, UINT64_MAX / 2, shares);
  std::string names = utostr(seed);
  uint64_t last = begin;
  for (const PlacedImage *image : toPlace) {
    names += "/" + image->name;
    last = std::max(last, *image->base + image->room());
  }
  const uint64_t places = last < end ? (end - last) / kLarge : 0;
  return begin + (places ? xxh3_64bits(names) % places * kLarge : 0);
}

void Placer::run() {
  const uint64_t end = machine.preferredEnd;
  for (bool shares : {false, true})
    if (place(beginFor(shares), end, shares) ||
        place(machine.preferredBegin, end, shares))
      return;
}

void placeImages(const LoadTable &table, uint64_t seed,
                 MutableArrayRef<PlacedImage> images) {
  MapVector<const Machine *, std::vector<PlacedImage *>> byMachine;
  for (PlacedImage &image : images)
    byMachine[image.machine].push_back(&image);
  for (auto &[machine, its] : byMachine)
    Placer(table, *machine, seed, its).run();
}

} // namespace objprelink
