//===- SymbolTable.h - a library as symbol look-ups see it ------*- C++ -*-===//
//
// Names are looked up as ld.so does it: through the hash tables of the file,
// with the rules of do_lookup_x and check_match for versions (glibc 2.36,
// elf/dl-lookup.c). Another index would be no faster, and in a broken table it
// would find symbols that ld.so does not.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_LOADER_SYMBOLTABLE_H
#define OBJPRELINK_LOADER_SYMBOLTABLE_H

#include "ELF/Image.h"
#include <optional>

namespace objprelink {

/// What kind of reference asks, as far as it matters to who may answer
/// (ELF_RTYPE_CLASS_*).
enum class LookupClass : uint8_t {
  Data,
  Plt,  ///< an undefined symbol with a value, a canonical PLT, does not count
  Copy, ///< the program's own symbol does not count
};

inline constexpr unsigned kLookupClasses = 3;

/// A name that is looked up.
struct SymbolQuery {
  llvm::StringRef name;
  uint32_t gnuHash = 0;
  uint32_t hash = 0; ///< of DT_HASH
  /// The version that must match; empty is none.
  llvm::StringRef version;
  LookupClass kind = LookupClass::Data;

  SymbolQuery(llvm::StringRef name, llvm::StringRef version, LookupClass kind);
};

/// What look-ups cost: they are refused beyond what a file can be good for.
struct LookupWork {
  uint64_t compared = 0; ///< bytes of names and entries of chains looked at
};

/// Only for images of which the reader has validated the symbols.
class SymbolTable {
public:
  explicit SymbolTable(const Image &image);

  /// The symbol that \p query finds here.
  std::optional<uint32_t> find(const SymbolQuery &query,
                               LookupWork &work) const;
  /// The name of the version that a reference by \p symbol asks for; empty is
  /// none.
  llvm::StringRef versionOf(const DynamicSymbol &symbol) const {
    return versionName(symbol.versionIndex());
  }
  /// Whether references by \p symbol are looked up at all.
  static bool isLookedUp(const DynamicSymbol &symbol);

private:
  enum class Match { No, Yes, Versioned };

  llvm::StringRef versionName(uint16_t index) const {
    return index < versions.size() ? versions[index] : llvm::StringRef();
  }
  uint32_t bucketOf(const SymbolQuery &query) const;
  Match match(const SymbolQuery &query, uint32_t index, LookupWork &work) const;
  bool hasName(const DynamicSymbol &symbol, llvm::StringRef name,
               LookupWork &work) const;

  const Image &image;
  bool isGnu = false;
  uint32_t bucketCount = 0;
  uint32_t firstSymbol = 0; ///< of DT_GNU_HASH
  uint32_t filterShift = 0;
  Bytes filter, buckets, chains;
  /// By index; empty where there is none.
  std::vector<llvm::StringRef> versions;
};

} // namespace objprelink

#endif
