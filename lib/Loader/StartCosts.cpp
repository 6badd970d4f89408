#include "Loader/StartCosts.h"
#include "ELF/Relocations.h"
#include "Loader/LookUps.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;

namespace objprelink {

/// What a page table describes, on x86-64 and on an i386 with PAE.
static constexpr uint64_t kRegion = 0x200000;

AddressSpace &AddressSpace::operator+=(const AddressSpace &other) {
  floating += other.floating;
  small += other.small;
  largeRegions += other.largeRegions;
  return *this;
}

uint64_t AddressSpace::pageTables() const {
  const uint64_t own = largeRegions + divideCeil(small, kRegion);
  return (divideCeil(floating, kRegion) + own + (own ? 1 : 0)) *
         Image::kPageSize;
}

Costs &Costs::operator+=(const Costs &other) {
  lookUps += other.lookUps;
  cached += other.cached;
  tableBytes += other.tableBytes;
  pages += other.pages;
  relative += other.relative;
  packed += other.packed;
  plt += other.plt;
  others += other.others;
  space += other.space;
  return *this;
}

bool paysInMemory(const Costs &before, const Costs &now) {
  const auto tables = [](const Costs &costs) {
    return costs.space.pageTables() / Image::kPageSize;
  };
  return now.pages + tables(now) <
         before.pages * (1 - kWorthIt) + tables(before);
}

bool isDoneInFile(const Image &image, const Machine &machine,
                  const Relocation &relocation) {
  if (!machine.skipsRelative || relocation.type != machine.relative ||
      !image.preferredAddress())
    return false;
  const std::optional<uint32_t> index = image.mainIndex(relocation);
  return index && *index < image.dynamicValue(ELF::DT_RELCOUNT).value_or(0);
}

bool becomesRelative(const Machine &machine, const Relocation &relocation) {
  return relocation.type == machine.absoluteWord ||
         relocation.type == machine.globDat;
}

namespace {
class Measurement {
public:
  Measurement(const Image &image, const Machine &machine,
              function_ref<bool(const Relocation &)> isBound)
      : image(image), machine(machine), isBound(isBound) {}
  Costs run(bool lazy);

private:
  void countMain(const Relocation &relocation);
  void countPlt(const Relocation &relocation);
  void addPages();
  void addSpace();

  const Image &image;
  const Machine &machine;
  const function_ref<bool(const Relocation &)> isBound;
  /// Where something is written.
  std::vector<uint64_t> places;
  Costs out;
};
} // namespace

void Measurement::countMain(const Relocation &relocation) {
  if (!relocation.type || isDoneInFile(image, machine, relocation))
    return;
  places.push_back(relocation.offset);
  const bool isRelative =
      relocation.type == machine.relative ||
      (becomesRelative(machine, relocation) && isBound(relocation));
  ++(isRelative                            ? out.relative
     : relocation.type == machine.jumpSlot ? out.plt
                                           : out.others);
}

/// The linker leaves the entry of what it has bound out.
void Measurement::countPlt(const Relocation &relocation) {
  if (!relocation.type || isBound(relocation))
    return;
  places.push_back(relocation.offset);
  ++(relocation.type == machine.jumpSlot   ? out.plt
     : relocation.type == machine.relative ? out.relative
                                           : out.others);
}

void Measurement::addPages() {
  for (uint64_t &place : places)
    place /= Image::kPageSize;
  llvm::sort(places);
  out.pages = std::unique(places.begin(), places.end()) - places.begin();
}

void Measurement::addSpace() {
  if (image.isExecutable || image.loadable.empty())
    return;
  const uint64_t begin = image.firstPage();
  const uint64_t end = alignTo(
      image.segments[image.loadable.back()].addressEnd(), Image::kPageSize);
  if (!image.preferredAddress())
    out.space.floating = end - begin;
  else if (end - begin < kRegion)
    out.space.small = end - begin;
  else
    out.space.largeRegions = divideCeil(end, kRegion) - begin / kRegion;
}

Costs Measurement::run(bool lazy) {
  places = image.relrPlaces;
  for (const Relocation &relocation : image.relocations)
    countMain(relocation);
  const uint64_t bound = count_if(image.pltRelocations, isBound);
  for (const Relocation &relocation : image.pltRelocations)
    countPlt(relocation);
  addPages();
  out.packed = image.relrPlaces.size();
  out.tableBytes =
      (image.relocations.size() + image.pltRelocations.size() - bound) *
          nativeRelocationSize(image.is64) +
      image.relrTable.size;
  LookUps(image, machine, lazy)
      .walk(isBound, [&](const Relocation &, bool cached) {
        ++(cached ? out.cached : out.lookUps);
      });
  addSpace();
  return out;
}

Costs costsOf(const Image &image, const Machine &machine, bool lazy,
              function_ref<bool(const Relocation &)> isBound) {
  return Measurement(image, machine, isBound).run(lazy);
}

} // namespace objprelink
