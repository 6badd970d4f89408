//===- StartCosts.h - what a start costs for one image ----------*- C++ -*-===//

#ifndef OBJPRELINK_LOADER_STARTCOSTS_H
#define OBJPRELINK_LOADER_STARTCOSTS_H

#include "ELF/Image.h"
#include "Target/Machine.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace objprelink {

/// What images take of the address space. A page table describes 2 MiB of it,
/// so that the sum over images says how many page tables they need.
struct AddressSpace {
  uint64_t floating = 0; ///< bytes of images that go where the kernel has room
  // Of images that ask for an address.
  uint64_t small = 0;        ///< bytes of those that share page tables
  uint64_t largeRegions = 0; ///< page tables of the others

  AddressSpace &operator+=(const AddressSpace &other);
  /// Bytes of page tables, if all that is mapped is used and images with
  /// addresses stand side by side. These are far from the others, and have a
  /// table of the next level for themselves.
  uint64_t pageTables() const;
};

/// What the loader does for one image before main. Of an image that asks for an
/// address it is what is done there.
struct Costs {
  uint64_t lookUps = 0; ///< without those that the cache answers
  uint64_t cached = 0;
  uint64_t tableBytes = 0; ///< of relocations
  uint64_t pages = 0;      ///< that relocations write to, of 4,096 bytes
  // Relocations by kind.
  uint64_t relative = 0;
  uint64_t packed = 0; ///< by DT_RELR
  uint64_t plt = 0;    ///< JUMP_SLOT
  uint64_t others = 0;
  AddressSpace space;

  Costs &operator+=(const Costs &other);
};

/// Less than this part of the look-ups, of the bytes of tables or of the pages
/// is not worth a change.
inline constexpr double kWorthIt = 0.03;

/// Whether \p now, where an image has an address of its own, saves more memory
/// than its page tables take.
bool paysInMemory(const Costs &before, const Costs &now);

/// Whether ld.so passes \p relocation of \p image over where the image is at
/// the address that it asks for: one that would add 0 (glibc,
/// elf_dynamic_do_Rel in elf/do-rel.h).
bool isDoneInFile(const Image &image, const Machine &machine,
                  const Relocation &relocation);

/// The costs of \p image. \p lazy: JUMP_SLOT relocations wait for the first
/// call. \p isBound tells relocations of which the linker has taken the symbol
/// away, as with -Bsymbolic-functions.
Costs costsOf(
    const Image &image, const Machine &machine, bool lazy,
    llvm::function_ref<bool(const Relocation &)> isBound =
        [](const Relocation &) { return false; });

/// Whether \p relocation, which the linker has bound, is a relative one then.
bool becomesRelative(const Machine &machine, const Relocation &relocation);

} // namespace objprelink

#endif
