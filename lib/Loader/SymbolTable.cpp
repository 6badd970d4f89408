#include "Loader/SymbolTable.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Object/ELF.h"
#include "llvm/Support/Endian.h"
#include <cstring>

using namespace llvm;
using namespace llvm::ELF;
using namespace llvm::support::endian;

namespace objprelink {

SymbolQuery::SymbolQuery(StringRef name, StringRef version, LookupClass kind)
    : name(name), gnuHash(object::hashGnu(name)), hash(object::hashSysV(name)),
      version(version), kind(kind) {}

SymbolTable::SymbolTable(const Image &image) : image(image) {
  const auto addVersion = [&](uint16_t index, StringRef name) {
    if (versions.size() <= index)
      versions.resize(index + 1);
    versions[index] = name;
  };
  for (const NeededVersion &version : image.neededVersions)
    addVersion(version.index, version.name);
  for (const DefinedVersion &version : image.definedVersions)
    if (!version.isBase)
      addVersion(version.index, version.name);

  if (const std::optional<uint64_t> address = image.dynamicValue(DT_GNU_HASH)) {
    constexpr uint64_t headSize = 16;
    const Bytes table = image.contentsFrom(*address);
    if (table.size() < headSize)
      return;
    isGnu = true;
    const uint64_t count = read32le(&table[0]);
    firstSymbol = read32le(&table[4]);
    const uint64_t filterSize =
        uint64_t(read32le(&table[8])) * image.wordSize();
    filterShift = read32le(&table[12]) & 31;
    if (!count || !filterSize ||
        headSize + filterSize + count * 4 > table.size())
      return;
    filter = table.slice(headSize, filterSize);
    buckets = table.slice(headSize + filterSize, count * 4);
    chains = table.drop_front(headSize + filterSize + count * 4);
    bucketCount = count;
    return;
  }
  if (const std::optional<uint64_t> address = image.dynamicValue(DT_HASH)) {
    constexpr uint64_t headSize = 8;
    const Bytes table = image.contentsFrom(*address);
    if (table.size() < headSize)
      return;
    const uint64_t count = read32le(&table[0]);
    const uint64_t chainCount = read32le(&table[4]);
    if (!count || headSize + (count + chainCount) * 4 > table.size())
      return;
    buckets = table.slice(headSize, count * 4);
    chains = table.slice(headSize + count * 4, chainCount * 4);
    bucketCount = count;
  }
}

bool SymbolTable::isLookedUp(const DynamicSymbol &symbol) {
  return symbol.binding != STB_LOCAL && symbol.visibility != STV_HIDDEN &&
         symbol.visibility != STV_INTERNAL;
}

bool SymbolTable::hasName(const DynamicSymbol &symbol, StringRef name,
                          LookupWork &work) const {
  const Bytes rest = image.strings.drop_front(symbol.nameOffset);
  work.compared += name.size();
  return rest.size() > name.size() && !rest[name.size()] &&
         !std::memcmp(rest.data(), name.data(), name.size());
}

/// The first symbol of the bucket of \p query; 0 is an empty one.
uint32_t SymbolTable::bucketOf(const SymbolQuery &query) const {
  if (isGnu) {
    const unsigned bits = 8 * image.wordSize();
    const size_t words = filter.size() / (bits / 8);
    const uint8_t *at = &filter[(query.gnuHash / bits % words) * (bits / 8)];
    const uint64_t word = image.is64 ? read64le(at) : read32le(at);
    const unsigned first = query.gnuHash % bits;
    const unsigned second = (query.gnuHash >> filterShift) % bits;
    if (!(word >> first & word >> second & 1))
      return 0;
  }
  const uint32_t hash = isGnu ? query.gnuHash : query.hash;
  return read32le(&buckets[hash % bucketCount * 4]);
}

/// check_match(), and what do_lookup_x() does with its result.
SymbolTable::Match SymbolTable::match(const SymbolQuery &query, uint32_t index,
                                      LookupWork &work) const {
  const DynamicSymbol &symbol = image.symbols[index];
  if (!symbol.value && symbol.section != Symbol::kAbsolute &&
      symbol.type != STT_TLS)
    return Match::No;
  if (query.kind == LookupClass::Plt && symbol.isUndefined())
    return Match::No;
  if (symbol.type > STT_FUNC && symbol.type != STT_COMMON &&
      symbol.type != STT_TLS && symbol.type != STT_GNU_IFUNC)
    return Match::No;
  if (!hasName(symbol, query.name, work))
    return Match::No;
  if (image.versionTable.empty())
    return Match::Yes;
  const uint16_t version = symbol.versionIndex();
  if (!query.version.empty()) {
    const StringRef name = versionName(version);
    return name == query.version || (name.empty() && !symbol.isHiddenVersion())
               ? Match::Yes
               : Match::No;
  }
  // A reference without a version gets the base one, or the first.
  if (version < 3)
    return Match::Yes;
  return symbol.isHiddenVersion() ? Match::No : Match::Versioned;
}

std::optional<uint32_t> SymbolTable::find(const SymbolQuery &query,
                                          LookupWork &work) const {
  if (!bucketCount)
    return std::nullopt;
  uint32_t index = bucketOf(query);
  if (!index)
    return std::nullopt;
  std::optional<uint32_t> versioned;
  unsigned versions = 0;
  const auto take = [&](uint32_t found) -> std::optional<uint32_t> {
    const DynamicSymbol &symbol = image.symbols[found];
    const bool isVisible =
        symbol.visibility != STV_HIDDEN && symbol.visibility != STV_INTERNAL;
    const bool isGlobal = symbol.binding == STB_GLOBAL ||
                          symbol.binding == STB_WEAK ||
                          symbol.binding == STB_GNU_UNIQUE;
    return isVisible && isGlobal ? std::optional(found) : std::nullopt;
  };
  // Links of DT_HASH may go round in circles.
  for (uint64_t steps = 0; index && steps <= image.symbols.size(); ++steps) {
    if (index >= image.symbols.size())
      break;
    ++work.compared;
    uint32_t link = 0;
    if (isGnu) {
      const uint64_t at = uint64_t(index - firstSymbol) * 4;
      if (index < firstSymbol || at + 4 > chains.size())
        break;
      link = read32le(&chains[at]);
    }
    if (!isGnu || (link | 1) == (query.gnuHash | 1)) {
      switch (match(query, index, work)) {
      case Match::Yes:
        return take(index);
      case Match::Versioned:
        if (!versions++)
          versioned = index;
        break;
      case Match::No:
        break;
      }
    }
    if (isGnu) {
      if (link & 1)
        break;
      ++index;
    } else {
      const uint64_t at = uint64_t(index) * 4;
      if (at + 4 > chains.size())
        break;
      index = read32le(&chains[at]);
    }
  }
  return versions == 1 ? take(*versioned) : std::nullopt;
}

} // namespace objprelink
