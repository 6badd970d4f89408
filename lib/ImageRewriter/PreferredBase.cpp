//===- PreferredBase.cpp - an address for an image ------------------------===//
//
// glibc maps a library at the address of its first segment if nothing is there
// (_dl_map_segments in elf/dl-map-segments.h, from 2.36 on; before that only
// where the program is not a PIE), and the kernel then takes this hint. The
// range is one that neither gives out otherwise. In it each image gets a place
// by a hash, so that two machines, and two builds of a distribution, agree, and
// so that images seldom meet. Large ones begin at multiples of 2 MiB: their
// pages then need the fewest page tables.
//
//===----------------------------------------------------------------------===//

#include "ImageRewriter/PreferredBase.h"
#include "ELF/Notes.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/xxhash.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

static constexpr uint64_t kSmallUnit = 0x10000, kLargeUnit = 0x200000;
/// What a rewrite adds is less, and guards of mappings are.
static constexpr uint64_t kGap = 0x100000;
/// Kernels keep the first pages from programs (vm.mmap_min_addr).
static constexpr uint64_t kLowest = 0x10000;

uint64_t addressUnit(ArrayRef<Segment> segments) {
  uint64_t unit = Image::kPageSize;
  for (const Segment &segment : segments)
    if (segment.type == PT_LOAD || segment.type == PT_TLS)
      unit = std::max(unit, segment.alignment);
  return unit;
}

static uint64_t sizeInMemory(const Image &image) {
  return image.segments[image.loadable.back()].addressEnd() - image.firstPage();
}

static uint64_t hashOf(const Image &image, uint64_t seed) {
  ByteVector text;
  if (const std::optional<uint64_t> name = image.dynamicValue(DT_SONAME))
    append_range(text, arrayRefFromStringRef(image.string(*name)));
  const AddressRange id = findBuildId(image);
  append_range(text, image.contentsAt(id.address, id.size));
  uint8_t bytes[8];
  support::endian::write64le(bytes, seed);
  append_range(text, bytes);
  return xxh3_64bits(text);
}

Expected<uint64_t> preferredBase(const Image &image, const Machine &machine,
                                 const ImageConfig &config) {
  uint64_t unit = addressUnit(image.segments);
  const uint64_t size = sizeInMemory(image) + kGap;
  if (config.preferredBase) {
    const uint64_t base = *config.preferredBase;
    // User space of four-level page tables, and of a kernel of 32 bits.
    const uint64_t last =
        machine.is64 ? uint64_t(1) << 47 : uint64_t(0xc0000000);
    if (base % unit)
      return error("address {0:x} is no multiple of {1:x}, the largest "
                   "alignment of its segments",
                   base, unit);
    if (base < kLowest || base > last || size > last - base)
      return error("{0:x} bytes at address {1:x} are not in user space", size,
                   base);
    return base;
  }
  unit = std::max(unit, size < kLargeUnit ? kSmallUnit : kLargeUnit);
  const uint64_t begin = alignTo(machine.preferredBegin, unit);
  if (begin + size + unit > machine.preferredEnd)
    return error("{0:x} bytes have no place from {1:x} to {2:x}", size,
                 machine.preferredBegin, machine.preferredEnd);
  const uint64_t places = (machine.preferredEnd - begin - size) / unit;
  return begin + hashOf(image, config.baseSeed) % places * unit;
}

uint64_t preferredBase(StringRef name, const Machine &machine) {
  // Of such an image no size is known, and it is seldom larger.
  const uint64_t range = machine.preferredEnd - machine.preferredBegin;
  const uint64_t places = (range - range / 8) / kLargeUnit;
  return machine.preferredBegin + xxh3_64bits(name) % places * kLargeUnit;
}

} // namespace objprelink
