//===- PrerelocationPlan.cpp - what asks for an address -------------------===//
//
// Words that hold addresses of their own image are most of what a loader
// relocates in a large library. Where the image is at the address that the file
// was made for, they are right as they are in the file, and no page of them is
// written to. Elsewhere all are relocated as before.
//
// Of tables of type REL, ld.so itself leaves counted RELATIVE relocations alone
// where the distance is 0. On x86-64, code of the image does so
// (Prerelocation.cpp). It runs as the first IRELATIVE relocation of DT_RELA,
// behind all others of that table, because glibc puts these off
// (elf_dynamic_do_Rel in elf/do-rel.h). So nothing may read a relocated word
// before: functions of the image that choose another one (STT_GNU_IFUNC) run
// when a relocation names them, and are refused. Its other IRELATIVEs come
// later.
//
// Refused are programs, too. A kernel places a PIE and does not look at its
// addresses (load_elf_binary in fs/binfmt_elf.c), so none would ever be where
// it asks to be.
//
//===----------------------------------------------------------------------===//

#include "ImageRewriter/PrerelocationPlan.h"
#include "ImageEdit/Shift.h"
#include "ImageRewriter/PreferredBase.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

/// DT_GNU_PRELINKED (glibc, elf/elf.h).
static constexpr int64_t kPrelinked = 0x6ffffdf5;

namespace {
class Planner {
public:
  Planner(const Image &image, const ImagePlan &slots, const ImageConfig &config,
          PackPlan &packing)
      : image(image), slots(slots), target(*slots.target), config(config),
        packing(packing) {}
  Error run(std::optional<PrerelocationPlan> &out);

private:
  Error checkLoader() const;
  Error checkRelocations() const;
  Error checkRelocator() const;
  Error checkSkipped() const;
  uint64_t countRelative() const;

  const Image &image;
  const ImagePlan &slots;
  const Target &target;
  const ImageConfig &config;
  PackPlan &packing;
};
} // namespace

/// All that is said of ld.so is said of glibc's.
Error Planner::checkLoader() const {
  // Libraries may be programs, too, that only print something.
  const bool isProgram =
      (image.dynamicValue(DT_FLAGS_1).value_or(0) & DF_1_PIE) ||
      (!image.dynamicValue(DT_SONAME) &&
       any_of(image.segments, [](const Segment &segment) {
         return segment.type == PT_INTERP;
       }));
  if (isProgram)
    return error("a program is not at the address that it asks for: the kernel "
                 "chooses one");
  bool needsGlibc = false;
  for (const DynamicEntry &entry : image.dynamic) {
    if (entry.tag != DT_NEEDED)
      continue;
    const StringRef name = image.string(entry.value);
    if (name == "libc.so" || name.starts_with("libc.musl-"))
      return error("{0} is needed, and musl's loader relocates everything at "
                   "any address",
                   name);
    needsGlibc |= name == "libc.so.6";
  }
  if (!needsGlibc)
    return error("libc.so.6 is not needed, so nothing says that glibc loads "
                 "the image");
  if (image.dynamicValue(kPrelinked))
    return error("prelink has changed the image");
  if (image.hasTextRelocations())
    return error("text relocations are not applied in the file");
  return Error::success();
}

/// What has no symbol must be known to be an address or not.
Error Planner::checkRelocations() const {
  for (const auto *table : {&image.relocations, &image.pltRelocations})
    for (const Relocation &relocation : *table) {
      const bool isKnown =
          is_contained({target.none, target.relative, target.indirectRelative},
                       relocation.type) ||
          is_contained(target.tlsRelocations, relocation.type);
      if (!relocation.symbol && !isKnown)
        return error("address {0:x}: a relocation of type {1} has no symbol",
                     relocation.offset, relocation.type);
      if (relocation.symbol && relocation.type == target.relative)
        return error("address {0:x}: RELATIVE with symbol {1}",
                     relocation.offset, relocation.symbol);
      if (relocation.type == target.jumpSlot && image.hasAddends &&
          relocation.addend)
        return error("address {0:x}: JUMP_SLOT with addend {1:x}",
                     relocation.offset, uint64_t(relocation.addend));
    }
  return Error::success();
}

Error Planner::checkRelocator() const {
  for (const DynamicSymbol &symbol : image.symbols)
    if (symbol.type == STT_GNU_IFUNC && !symbol.isUndefined())
      return error("symbol '{0}': its function is chosen by code that may run "
                   "before the image is relocated",
                   image.name(symbol));
  return Error::success();
}

Error Planner::checkSkipped() const {
  if (!image.relrPlaces.empty() || packing.packing == Packing::All)
    return error("ld.so writes to all words of DT_RELR, also where it adds 0");
  if (!image.dynamicValue(DT_RELCOUNT))
    return error("there is no DT_RELCOUNT, without which ld.so writes to all "
                 "words, also where it adds 0");
  for (const Relocation &relocation : image.relocations)
    if (relocation.type == target.relative &&
        image.contentsAt(relocation.offset, image.wordSize()).empty())
      return error("address {0:x}: a relocated word that is not in the file",
                   relocation.offset);
  return Error::success();
}

uint64_t Planner::countRelative() const {
  const std::vector<bool> isNew = redirectedRelocations(image, slots);
  uint64_t count = 0;
  for (auto [index, relocation] : enumerate(image.relocations))
    count += isNew[index] || relocation.type == target.relative;
  return count;
}

Error Planner::run(std::optional<PrerelocationPlan> &out) {
  if (Error e = checkLoader())
    return e;
  PrerelocationPlan plan;
  if (target.skipsRelative) {
    plan.applied = countRelative();
    if (!plan.applied)
      return Error::success();
    if (Error e = checkSkipped())
      return e;
  } else {
    PackPlan packs = planPrivatePacking(image, slots, config);
    plan.applied = packs.packed + image.relrPlaces.size();
    plan.kept = packs.kept;
    // One word is what ld.so gets the result of the code into.
    if (plan.applied < 2)
      return Error::success();
    if (Error e = checkRelocator())
      return e;
    packing = std::move(packs);
  }
  if (Error e = checkRelocations())
    return e;
  plan.begin = image.firstPage();
  // A linker has chosen one already.
  if (!config.preferredBase && plan.begin) {
    plan.base = plan.begin;
  } else {
    Expected<uint64_t> base = preferredBase(image, target, config);
    if (!base)
      return base.takeError();
    plan.base = *base;
  }
  plan.shift = plan.base - plan.begin;
  if (plan.shift)
    if (Error e = checkShiftable(image))
      return e;
  out = plan;
  return Error::success();
}

Error planPrerelocation(const Image &image, const ImagePlan &slots,
                        const ImageConfig &config, PackPlan &packing,
                        std::optional<PrerelocationPlan> &out) {
  if (Error e = Planner(image, slots, config, packing).run(out))
    return inContext("relative relocations cannot be applied in the file",
                     std::move(e));
  return Error::success();
}

void printPrerelocationPlan(const PrerelocationPlan &plan,
                            const Verbosity &config, Diagnostics &diagnostics) {
  if (!config.printsPlan())
    return;
  diagnostics.note(formatv(": {0} relative relocations are applied for address "
                           "{1:x}, {2} stay as they are",
                           plan.applied, plan.base, plan.kept));
}

} // namespace objprelink
