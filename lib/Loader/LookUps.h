//===- LookUps.h - the symbol look-ups of a start ---------------*- C++ -*-===//
//
// This goes through the relocations of each library in the order of ld.so
// (glibc 2.36, elf/dl-reloc.c, elf/do-rel.h) and finds out which of them look a
// symbol up, which are answered by the loader's cache of one, and which library
// has the symbol.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_LOADER_LOOKUPS_H
#define OBJPRELINK_LOADER_LOOKUPS_H

#include "Loader/Closure.h"
#include "Loader/SymbolTable.h"

namespace objprelink {

/// Who has a symbol of a library.
struct Provider {
  static constexpr uint32_t kNone = UINT32_MAX;
  /// Index into Closure::libraries; kNone where nobody has it.
  uint32_t library = kNone;
  /// Of that library.
  uint32_t symbol = 0;
  /// How many libraries are asked, the one that has it included.
  uint32_t depth = 0;
};

/// The relocations of one library that name a symbol.
class LookUps {
public:
  /// \p lazy says that JUMP_SLOT relocations wait for the first call.
  LookUps(const Image &image, const Machine &machine, bool lazy)
      : image(image), machine(machine), lazy(lazy) {}

  /// Whether ld.so looks a symbol up for \p relocation, if it comes to it.
  bool wantsSymbol(const Relocation &relocation) const;
  LookupClass classOf(const Relocation &relocation) const;
  /// Shows the relocations that ld.so does before main, relative ones left out,
  /// in its order: those for which \p skips says no. The second argument of
  /// \p show says whether the cache of one has the answer.
  template <class Skips, class Show> void walk(Skips skips, Show show) const;

private:
  const Image &image;
  const Machine &machine;
  const bool lazy;
};

/// The answers to all look-ups of all libraries.
class Providers {
public:
  /// What one library may cost another, in units of LookupWork: a hundred times
  /// what the largest programs need.
  static constexpr uint64_t kMostWork = uint64_t(1) << 33;

  /// Looks up what the relocations of \p closure name. A library whose table
  /// makes that take longer than any honest file does is asked no more.
  static Providers find(const Closure &closure,
                        llvm::ArrayRef<SymbolTable> tables,
                        uint64_t mostWork = kMostWork);
  /// The same for the libraries of dlopen() alone.
  static Providers findOpened(const Closure &closure,
                              llvm::ArrayRef<SymbolTable> tables);

  /// Whether the table of \p library took too long for one that asked it.
  bool isTooSlow(uint32_t library) const { return tooSlow[library]; }
  const Provider &at(uint32_t library, uint32_t symbol,
                     LookupClass kind) const {
    return all[library][symbol * kLookupClasses + static_cast<unsigned>(kind)];
  }

private:
  static Providers find(const Closure &closure,
                        llvm::ArrayRef<SymbolTable> tables, uint64_t mostWork,
                        bool opened);

  std::vector<std::vector<Provider>> all;
  std::vector<bool> tooSlow;
};

/// The look-ups that ld.so and libc do for themselves before main, besides
/// those of relocations (glibc 2.36): of five functions of the vDSO, as on
/// x86-64 (setup_vdso_pointers), of four for memory (__rtld_malloc_init_real),
/// and of __tunable_get_val where libc's own call binds it.
uint64_t countLoaderLookUps(const Closure &closure, bool bindNow);

/// Whether \p provider is one of libc's indirect functions whose resolver looks
/// for the vDSO's, each time that a relocation has it called (glibc 2.36,
/// sysdeps/unix/sysv/linux/time.c, gettimeofday.c).
bool resolvesByVdso(const Closure &closure, const Provider &provider);

template <class Skips, class Show>
void LookUps::walk(Skips skips, Show show) const {
  const uint64_t none = UINT64_MAX;
  uint64_t last = none;
  const auto walkTable = [&](llvm::ArrayRef<Relocation> table) {
    for (const Relocation &relocation : table) {
      if (!wantsSymbol(relocation) || skips(relocation))
        continue;
      const uint64_t key = relocation.symbol * uint64_t(kLookupClasses) +
                           static_cast<unsigned>(classOf(relocation));
      show(relocation, key == last);
      last = key;
    }
  };
  walkTable(image.relocations);
  if (!lazy)
    walkTable(image.pltRelocations);
}

} // namespace objprelink

#endif
