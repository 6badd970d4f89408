#include "VTable/ObjectVTables.h"
#include "ELF/Relocations.h"
#include "Support/Diagnostics.h"
#include "VTable/Names.h"
#include <tuple>

using namespace llvm;
using namespace llvm::ELF;

namespace objprelink {

/// Whether a vtable can stand in \p section: loaded data, as it is.
static bool holdsData(const Section &section) {
  return section.type == SHT_PROGBITS && (section.flags & SHF_ALLOC) &&
         !(section.flags &
           (SHF_EXECINSTR | SHF_TLS | SHF_MERGE | SHF_COMPRESSED));
}

static Expected<std::vector<VTable>> findTables(const Object &object) {
  std::vector<VTable> tables;
  for (auto [index, symbol] : enumerate(object.symbols)) {
    if (symbol.type != STT_OBJECT || !symbol.isInSection() || !symbol.size ||
        !object.nameStartsWith(symbol, "_ZT") ||
        !isVTableName(object.name(symbol)))
      continue;
    const Section &section = object.sections[symbol.section];
    if (!holdsData(section))
      continue;
    if (symbol.value > section.size ||
        symbol.size > section.size - symbol.value)
      return error("symbol {0} ({1}): {2:x} bytes at {3:x} run past the end "
                   "of {4} ({5:x} bytes)",
                   index, object.name(symbol), symbol.size, symbol.value,
                   object.describe(symbol.section), section.size);
    tables.push_back({static_cast<uint32_t>(index), symbol.section,
                      symbol.value, symbol.value + symbol.size});
  }
  llvm::sort(tables, [](const VTable &a, const VTable &b) {
    return std::tie(a.section, a.begin, a.symbol) <
           std::tie(b.section, b.begin, b.symbol);
  });
  const auto overlaps = [](const VTable &a, const VTable &b) {
    return a.section == b.section && b.begin < a.end;
  };
  tables.erase(std::unique(tables.begin(), tables.end(), overlaps),
               tables.end());
  return tables;
}

/// The table that holds \p offset of \p section, or null.
static const VTable *tableAt(ArrayRef<VTable> tables, uint32_t section,
                             uint64_t offset) {
  const VTable *after =
      llvm::upper_bound(tables, std::tie(section, offset),
                        [](const auto &place, const VTable &table) {
                          return place < std::tie(table.section, table.begin);
                        });
  if (after == tables.begin())
    return nullptr;
  const VTable *table = std::prev(after);
  return table->section == section && offset < table->end ? table : nullptr;
}

Expected<ObjectVTables> findVTables(const Object &object) {
  ObjectVTables out;
  Expected<std::vector<VTable>> tables = findTables(object);
  if (!tables)
    return tables.takeError();
  out.tables = std::move(*tables);
  if (out.tables.empty())
    return out;

  std::vector<bool> holdsTable(object.sections.size());
  for (const VTable &table : out.tables)
    holdsTable[table.section] = true;
  for (auto [index, section] : enumerate(object.sections)) {
    if (!section.isRelocations() || section.info >= object.sections.size() ||
        !holdsTable[section.info])
      continue;
    VTableRelocations found;
    found.section = index;
    Expected<std::vector<Relocation>> all = readRelocations(object, index);
    if (!all)
      return all.takeError();
    found.all = std::move(*all);
    found.words.reserve(found.all.size());
    for (auto [entry, relocation] : enumerate(found.all))
      if (const VTable *table =
              tableAt(out.tables, section.info, relocation.offset))
        found.words.push_back({static_cast<uint32_t>(table - out.tables.data()),
                               static_cast<uint32_t>(entry)});
    if (!found.words.empty())
      out.relocations.push_back(std::move(found));
  }
  return out;
}

} // namespace objprelink
