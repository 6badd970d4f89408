#include "Loader/LookUps.h"
#include "Loader/RelocationOrder.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Parallel.h"

using namespace llvm;

namespace objprelink {

bool LookUps::wantsSymbol(const Relocation &relocation) const {
  return relocation.type && relocation.type != machine.relative &&
         relocation.type != machine.indirectRelative &&
         relocation.symbol < image.symbols.size() &&
         SymbolTable::isLookedUp(image.symbols[relocation.symbol]);
}

LookupClass LookUps::classOf(const Relocation &relocation) const {
  if (relocation.type == machine.jumpSlot ||
      is_contained(machine.tlsRelocations, relocation.type))
    return LookupClass::Plt;
  return relocation.type == machine.copy ? LookupClass::Copy
                                         : LookupClass::Data;
}

namespace {
class Finder {
public:
  Finder(const Closure &closure, ArrayRef<SymbolTable> tables, uint32_t library,
         uint64_t mostWork, std::vector<Provider> &out)
      : closure(closure), tables(tables), library(library), mostWork(mostWork),
        work(tables.size()), out(out) {}
  void run();
  bool isTooSlow(uint32_t index) const {
    return work[index].compared > mostWork;
  }

private:
  Provider lookUp(const DynamicSymbol &symbol, LookupClass kind);
  bool lookUpIn(ArrayRef<uint32_t> scope, const SymbolQuery &query,
                Provider &out);

  const Closure &closure;
  ArrayRef<SymbolTable> tables;
  const uint32_t library;
  const uint64_t mostWork;
  /// What each library has cost.
  std::vector<LookupWork> work;
  std::vector<Provider> &out;
};
} // namespace

/// Asks one library after the other. Returns whether one has it.
bool Finder::lookUpIn(ArrayRef<uint32_t> scope, const SymbolQuery &query,
                      Provider &out) {
  for (uint32_t index : scope) {
    // A variable is copied from a library, never from the program.
    if (query.kind == LookupClass::Copy && index == 0)
      continue;
    ++out.depth;
    if (isTooSlow(index))
      continue;
    if (const auto found = tables[index].find(query, work[index])) {
      out.library = index;
      out.symbol = *found;
      return true;
    }
  }
  return false;
}

/// The scope of a library: itself if it is DT_SYMBOLIC, the program's search
/// list, and that of the dlopen() that loaded it.
Provider Finder::lookUp(const DynamicSymbol &symbol, LookupClass kind) {
  const Library &from = closure.libraries[library];
  const StringRef name = from.image.name(symbol);
  work[library].compared += name.size();
  // musl knows no versions but the default ones.
  const StringRef version =
      closure.loader.isMusl() ? "" : tables[library].versionOf(symbol);
  const SymbolQuery query(name, version, kind);
  Provider out;
  const bool isSymbolic =
      from.image.dynamicValue(ELF::DT_SYMBOLIC) ||
      (from.image.dynamicValue(ELF::DT_FLAGS).value_or(0) & ELF::DF_SYMBOLIC);
  if ((isSymbolic && lookUpIn(library, query, out)) ||
      lookUpIn(closure.scopes[0], query, out) || !from.group)
    return out;
  lookUpIn(closure.scopes[from.group], query, out);
  return out;
}

void Finder::run() {
  const Image &image = closure.libraries[library].image;
  const LookUps lookUps(image, *closure.target, /*lazy=*/false);
  out.resize(image.symbols.size() * kLookupClasses);
  // JUMP_SLOTs too, whenever they are bound.
  for (const std::vector<Relocation> *table :
       {&image.relocations, &image.pltRelocations})
    for (const Relocation &relocation : *table) {
      if (!lookUps.wantsSymbol(relocation))
        continue;
      const LookupClass kind = lookUps.classOf(relocation);
      Provider &provider =
          out[relocation.symbol * kLookupClasses + static_cast<unsigned>(kind)];
      if (provider.depth)
        continue;
      // Its own names may be what takes so long.
      if (!isTooSlow(library))
        provider = lookUp(image.symbols[relocation.symbol], kind);
    }
}

/// The first definition of a unique symbol (STB_GNU_UNIQUE) that a relocation
/// comes upon is everybody's from then on, whatever the scope
/// (do_lookup_unique).
static void shareUnique(const Closure &closure,
                        std::vector<std::vector<Provider>> &all) {
  StringMap<Provider> first;
  for (uint32_t library : relocationOrder(closure))
    for (Provider &provider : all[library]) {
      if (provider.library == Provider::kNone)
        continue;
      const Image &image = closure.libraries[provider.library].image;
      const DynamicSymbol &symbol = image.symbols[provider.symbol];
      if (symbol.binding != ELF::STB_GNU_UNIQUE)
        continue;
      const Provider &shared =
          first.try_emplace(image.name(symbol), provider).first->second;
      provider.library = shared.library;
      provider.symbol = shared.symbol;
    }
}

Providers Providers::find(const Closure &closure, ArrayRef<SymbolTable> tables,
                          uint64_t mostWork) {
  return find(closure, tables, mostWork, /*opened=*/false);
}

Providers Providers::findOpened(const Closure &closure,
                                ArrayRef<SymbolTable> tables) {
  return find(closure, tables, kMostWork, /*opened=*/true);
}

Providers Providers::find(const Closure &closure, ArrayRef<SymbolTable> tables,
                          uint64_t mostWork, bool opened) {
  const size_t count = closure.libraries.size();
  Providers out;
  out.all.resize(count);
  std::vector<std::vector<uint32_t>> tooSlow(count);
  parallelFor(0, count, [&](size_t library) {
    if (opened && !closure.libraries[library].group)
      return;
    Finder finder(closure, tables, library, mostWork, out.all[library]);
    finder.run();
    for (uint32_t index = 0; index < count; ++index)
      if (finder.isTooSlow(index))
        tooSlow[library].push_back(index);
  });
  out.tooSlow.resize(count);
  for (const std::vector<uint32_t> &found : tooSlow)
    for (uint32_t index : found)
      out.tooSlow[index] = true;
  shareUnique(closure, out.all);
  return out;
}

static bool isLibc(const Library &library) {
  return library.name == "libc.so.6";
}

uint64_t countLoaderLookUps(const Closure &closure, bool bindNow) {
  constexpr uint64_t vdso = 5, memory = 4;
  const auto libc = find_if(closure.libraries, isLibc);
  if (libc == closure.libraries.end() || libc->group)
    return 0;
  const Image &image = libc->image;
  const bool callsLater =
      !bindNow && !image.isBindNow &&
      any_of(image.pltRelocations, [&](const Relocation &relocation) {
        return image.name(image.symbols[relocation.symbol]) ==
               "__tunable_get_val";
      });
  return vdso + memory + callsLater;
}

bool resolvesByVdso(const Closure &closure, const Provider &provider) {
  if (provider.library == Provider::kNone ||
      !isLibc(closure.libraries[provider.library]))
    return false;
  const Image &image = closure.libraries[provider.library].image;
  const DynamicSymbol &symbol = image.symbols[provider.symbol];
  const StringRef name = image.name(symbol);
  return symbol.type == ELF::STT_GNU_IFUNC &&
         (name == "time" || name == "gettimeofday");
}

} // namespace objprelink
